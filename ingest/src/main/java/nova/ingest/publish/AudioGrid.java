package nova.ingest.publish;

import java.math.RoundingMode;
import java.util.OptionalLong;
import nova.core.Timescale;

/// Puts audio frames back on the sample grid that millisecond timestamps blurred.
///
/// Frame n belongs at `base + n * samplesPerFrame`. A message within one frame and a few
/// milliseconds of where the next frame is expected is that frame. One that is further away may be
/// jitter, so it counts as expected too, until sixteen in a row are off to the same side: then the
/// grid leaves a gap of whole frames, or leaves frames out, so that sound does not drift from the
/// picture. What is off by more than 200 ms is no jitter and moves at once.
///
/// OBS sends AAC of 48 kHz at 0, 21, 42, 64, 85 ms: 0, 1024, 2048, 3072, 4096 samples. FFmpeg with
/// `-stream_loop` steps back by a frame or so at each seam.
///
/// *Confined to its session's thread.*
final class AudioGrid {
  private static final long ROUNDING_MS = 5;
  private static final long JITTER_MS = 200;
  private static final int FRAMES_BEFORE_MOVING = 16;

  private final Timescale timescale;
  private final int frameSamples;
  private final long tolerance;
  private final long jitter;

  private boolean started;
  private long next;
  private int offSide; // sign of the messages that are off, 0 when the last was not
  private int offCount;
  private long offLeast; // the smallest distance among them
  private long repaired;

  AudioGrid(Timescale timescale, int frameSamples) {
    this.timescale = timescale;
    this.frameSamples = frameSamples;
    this.tolerance = frameSamples + timescale.fromMs(ROUNDING_MS, RoundingMode.CEILING);
    this.jitter = tolerance + timescale.fromMs(JITTER_MS, RoundingMode.CEILING);
  }

  /// The `dts` of a frame at `timeMs` after the epoch's zero, in samples; empty when the frame is
  /// to be left out.
  OptionalLong place(long timeMs) {
    long time = timescale.fromMs(timeMs, RoundingMode.HALF_UP);
    if (!started) {
      started = true;
      next = time;
    }
    long distance = mustMove(time - next);
    if (distance < 0) {
      offLeast -= frameSamples;
      if (offLeast <= tolerance) {
        offSide = 0;
      }
      return OptionalLong.empty();
    }
    next += Math.round((double) distance / frameSamples) * frameSamples;
    long dts = next;
    next += frameSamples;
    return OptionalLong.of(dts);
  }

  /// How far the grid must move for a message that is `ahead` of it: 0 for not at all.
  private long mustMove(long ahead) {
    if (Math.abs(ahead) <= tolerance) {
      offSide = 0;
      return 0;
    }
    if (Long.signum(ahead) != offSide) {
      offSide = Long.signum(ahead);
      offCount = 0;
      offLeast = Long.MAX_VALUE;
      repaired++;
    }
    offCount++;
    offLeast = Math.min(offLeast, Math.abs(ahead));
    if (Math.abs(ahead) > jitter) {
      return ahead;
    }
    return offCount < FRAMES_BEFORE_MOVING || offLeast <= tolerance ? 0 : offSide * offLeast;
  }

  /// How often messages began to be off by more than rounding.
  long repaired() {
    return repaired;
  }
}
