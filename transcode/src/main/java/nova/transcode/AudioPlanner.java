package nova.transcode;

import java.util.Set;
import nova.core.RenditionId;
import nova.framelog.pipe.AudioRung;
import nova.media.TrackFormat.AudioFormat;
import org.jspecify.annotations.Nullable;

/// Decides which sound a source gets: AAC-LC, which every player takes, passes through, and
/// everything else is encoded to it once.
///
/// *Thread-safe.*
final class AudioPlanner {
  private static final String AAC_LC = "mp4a.40.2";
  private static final RenditionId RENDITION = new RenditionId("aac");
  private static final long BITRATE_BPS = 128_000;
  private static final int MOST_CHANNELS = 2;
  private static final int OTHERWISE = 48_000;
  private static final Set<Integer> USUAL_RATES =
      Set.of(8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000);

  private AudioPlanner() {}

  /// What to encode the sound to; null when it passes through, also because there is none.
  static @Nullable AudioRung plan(@Nullable AudioFormat source) {
    if (source == null || source.codecString().equals(AAC_LC)) {
      return null;
    }
    int rate = source.sampleRate();
    return new AudioRung(
        RENDITION,
        USUAL_RATES.contains(rate) ? rate : OTHERWISE,
        Math.clamp(source.channels(), 1, MOST_CHANNELS),
        BITRATE_BPS);
  }
}
