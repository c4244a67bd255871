package nova.ingest.publish;

import java.math.RoundingMode;
import java.util.OptionalLong;
import nova.core.Timescale;

/// Puts audio frames back on the sample grid that millisecond timestamps blurred.
///
/// Frame n belongs at `base + n * samplesPerFrame`. A message within one frame and a few
/// milliseconds of where the next frame is expected is that frame. One that is further ahead is
/// behind a gap of whole frames. One that lags is still the next frame, as long as the lag stays
/// below 100 ms; beyond that the frame is left out, so that sound does not drift from the picture.
///
/// OBS sends AAC of 48 kHz at 0, 21, 42, 64, 85 ms: 0, 1024, 2048, 3072, 4096 samples.
///
/// *Confined to its session's thread.*
final class AudioGrid {
  private static final long JITTER_MS = 5;
  private static final long LARGEST_LAG_MS = 100;

  private final Timescale timescale;
  private final int frameSamples;
  private final long tolerance;
  private final long largestLag;
  private boolean started;
  private long next;
  private long repaired;

  AudioGrid(Timescale timescale, int frameSamples) {
    this.timescale = timescale;
    this.frameSamples = frameSamples;
    this.tolerance = frameSamples + timescale.fromMs(JITTER_MS, RoundingMode.CEILING);
    this.largestLag = frameSamples + timescale.fromMs(LARGEST_LAG_MS, RoundingMode.CEILING);
  }

  /// The `dts` of a frame at `timeMs` after the epoch's zero, in samples; empty when the frame is
  /// to be left out.
  OptionalLong place(long timeMs) {
    long time = timescale.fromMs(timeMs, RoundingMode.HALF_UP);
    if (!started) {
      started = true;
      next = time;
    }
    long ahead = time - next;
    if (ahead > tolerance) {
      next += Math.round((double) ahead / frameSamples) * frameSamples;
    } else if (ahead < -largestLag) {
      repaired++;
      return OptionalLong.empty();
    } else if (ahead < -tolerance) {
      repaired++;
    }
    long dts = next;
    next += frameSamples;
    return OptionalLong.of(dts);
  }

  /// Times that were moved by more than rounding, so far.
  long repaired() {
    return repaired;
  }
}
