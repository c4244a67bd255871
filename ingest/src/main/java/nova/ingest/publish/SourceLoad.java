package nova.ingest.publish;

import nova.ingest.chunk.RtmpLimits;
import nova.media.LimitExceededException;

/// Holds a broadcast to the bitrate and frame rate that a source may have, as means over 30 s of
/// the wall clock.
///
/// The wall clock, because timestamps are the encoder's word; and 30 s, because what a stalled
/// network or a file's fast beginning sends at once is no more than the encoder's rate in the long
/// run.
///
/// *Confined to its session's thread.*
final class SourceLoad {
  static final int WINDOW_SECONDS = 30;

  private final long mostBits;
  private final long mostFrames;
  private final RtmpLimits limits;
  private final long[] bits = new long[WINDOW_SECONDS];
  private final long[] frames = new long[WINDOW_SECONDS];
  private int second;
  private long sumBits;
  private long sumFrames;

  SourceLoad(RtmpLimits limits) {
    this.limits = limits;
    this.mostBits = limits.sourceMegabitsPerSecond() * 1_000_000L * WINDOW_SECONDS;
    // Frames are counted whole, so a source exactly at the limit may show one more.
    this.mostFrames = (long) limits.sourceFrameRate() * WINDOW_SECONDS + 1;
  }

  /// Takes what arrived in the last second.
  ///
  /// @throws LimitExceededException when the last 30 s together held more than they may
  void second(long bytes, long videoFrames) {
    sumBits += bytes * 8 - bits[second];
    bits[second] = bytes * 8;
    sumFrames += videoFrames - frames[second];
    frames[second] = videoFrames;
    second = (second + 1) % WINDOW_SECONDS;
    if (sumBits > mostBits) {
      throw new LimitExceededException(
          "source-megabits-per-second",
          Math.ceilDiv(sumBits, 1_000_000L * WINDOW_SECONDS),
          limits.sourceMegabitsPerSecond());
    }
    if (sumFrames > mostFrames) {
      throw new LimitExceededException(
          "source-frame-rate", Math.ceilDiv(sumFrames, WINDOW_SECONDS), limits.sourceFrameRate());
    }
  }
}
