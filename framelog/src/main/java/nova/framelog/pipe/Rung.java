package nova.framelog.pipe;

import nova.core.RenditionId;

/// One encoded rendition of a ladder.
///
/// *Immutable.*
///
/// @param width in square pixels, even
/// @param height in square pixels, even
/// @param frameDivisor every how manieth picture of the source is kept: 1 for all, 2 for half
/// @param bitrateBps bits per second on average
/// @param peakBps bits per second that no second or so exceeds
public record Rung(
    RenditionId rendition, int width, int height, int frameDivisor, long bitrateBps, long peakBps) {
  /// No side of a rung is longer: what H.264 level 6.2 allows at most.
  public static final int MAX_SIDE = 16_384;

  private static final int MAX_FRAME_DIVISOR = 16;
  private static final long MAX_BITRATE_BPS = 800_000_000;

  public Rung {
    requireEven(rendition, "width", width);
    requireEven(rendition, "height", height);
    if (frameDivisor < 1 || frameDivisor > MAX_FRAME_DIVISOR) {
      throw new IllegalArgumentException(
          "frame divisor %d of rung %s (expected: 1..%d)"
              .formatted(frameDivisor, rendition, MAX_FRAME_DIVISOR));
    }
    if (bitrateBps < 1 || bitrateBps > MAX_BITRATE_BPS) {
      throw new IllegalArgumentException(
          "bitrate %d bit/s of rung %s (expected: 1..%d)"
              .formatted(bitrateBps, rendition, MAX_BITRATE_BPS));
    }
    if (peakBps < bitrateBps || peakBps > MAX_BITRATE_BPS) {
      throw new IllegalArgumentException(
          "peak %d bit/s of rung %s (expected: %d, its bitrate, to %d)"
              .formatted(peakBps, rendition, bitrateBps, MAX_BITRATE_BPS));
    }
  }

  /// The same rung with other bitrates.
  public Rung withBitrate(long average, long peak) {
    return new Rung(rendition, width, height, frameDivisor, average, peak);
  }

  private static void requireEven(RenditionId rendition, String what, int value) {
    if (value < 2 || value > MAX_SIDE || value % 2 != 0) {
      throw new IllegalArgumentException(
          "%s %d of rung %s (expected: even, 2..%d)".formatted(what, value, rendition, MAX_SIDE));
    }
  }
}
