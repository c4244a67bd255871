package nova.ingest.publish;

/// Turns the session times of video frames into ticks of 90 kHz with a strictly increasing `dts`.
///
/// *Confined to its session's thread.*
final class VideoGrid {
  private static final long TICKS_PER_MS = 90;
  private static final int LARGEST_COMPOSITION_MS = 10_000;

  // A clock that stands still would make parts that never end, so time goes on without it, slower
  // than pictures come: a clock that only stepped back is soon level again.
  private static final int BEHIND_FOR_LONG = 100;
  private static final long STANDING_STEP_TICKS = 5 * TICKS_PER_MS;

  private long lastDts = -1;
  private int behind; // frames in a row
  private long repaired;

  /// Decode and presentation time in ticks.
  record Placed(long dts, long pts) {}

  /// Places a frame at `timeMs` after the epoch's zero. A time that does not grow is moved behind
  /// the frame before; an absurd composition time counts as none.
  Placed place(long timeMs, int compositionMs, int compositionNs) {
    long dts = timeMs * TICKS_PER_MS;
    if (dts <= lastDts) {
      behind++;
      dts = lastDts + (behind > BEHIND_FOR_LONG ? STANDING_STEP_TICKS : 1);
      repaired++;
    } else {
      behind = 0;
    }
    lastDts = dts;
    long composition = compositionMs * TICKS_PER_MS + compositionNs * TICKS_PER_MS / 1_000_000;
    if (Math.abs(compositionMs) > LARGEST_COMPOSITION_MS) {
      composition = 0;
      repaired++;
    }
    return new Placed(dts, dts + composition);
  }

  /// Times that were moved so far.
  long repaired() {
    return repaired;
  }
}
