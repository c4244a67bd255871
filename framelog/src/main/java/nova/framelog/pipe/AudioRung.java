package nova.framelog.pipe;

import nova.core.RenditionId;

/// The sound of a ladder, encoded to AAC-LC once for all its rungs.
///
/// *Immutable.*
///
/// @param sampleRate samples per second; also the timescale
/// @param channels 1 or 2
/// @param bitrateBps bits per second on average
public record AudioRung(RenditionId rendition, int sampleRate, int channels, long bitrateBps) {
  /// Samples of one frame: what AAC-LC has.
  public static final int FRAME_SAMPLES = 1024;

  private static final int MIN_RATE = 8_000;
  private static final int MAX_RATE = 48_000;
  private static final int MAX_CHANNELS = 2;
  private static final long MAX_BITRATE_BPS = 512_000;

  public AudioRung {
    require(rendition, "samples per second", sampleRate, MIN_RATE, MAX_RATE);
    require(rendition, "channels", channels, 1, MAX_CHANNELS);
    require(rendition, "bit/s", bitrateBps, 1, MAX_BITRATE_BPS);
  }

  private static void require(
      RenditionId rendition, String what, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "%d %s of rung %s (expected: %d..%d)".formatted(value, what, rendition, least, most));
    }
  }
}
