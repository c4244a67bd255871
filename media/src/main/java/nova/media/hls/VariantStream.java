package nova.media.hls;

import java.util.List;
import java.util.Optional;

/// One combination of renditions that plays together.
///
/// Spec: rfc8216bis-22 §4.4.6.2 (EXT-X-STREAM-INF). *Immutable.*
///
/// @param uri of its media playlist, relative to the multivariant playlist
/// @param bandwidthBps peak bitrate, container and all referenced renditions included
/// @param averageBandwidthBps average bitrate likewise, 0 while unknown
/// @param codecs RFC 6381 codec strings of everything it plays, referenced renditions included
/// @param resolution absent without video
/// @param frameRate frames per second, 0 when unknown or without video
/// @param audioGroup group of the audio renditions it plays with
public record VariantStream(
    String uri,
    long bandwidthBps,
    long averageBandwidthBps,
    List<String> codecs,
    Optional<Resolution> resolution,
    double frameRate,
    Optional<String> audioGroup) {
  public VariantStream {
    PlaylistText.requireUri(uri);
    codecs = List.copyOf(codecs);
    if (bandwidthBps <= 0 || averageBandwidthBps < 0) {
      throw new IllegalArgumentException(
          "variant %s of %d bit/s, %d on average (expected: > 0, and >= 0)"
              .formatted(uri, bandwidthBps, averageBandwidthBps));
    }
    if (!(frameRate >= 0) || Double.isInfinite(frameRate)) {
      throw new IllegalArgumentException(
          "variant %s of %s frames per second (expected: >= 0)".formatted(uri, frameRate));
    }
  }

  /// The size at which pictures are best shown, in pixels.
  public record Resolution(int width, int height) {
    public Resolution {
      if (width <= 0 || height <= 0) {
        throw new IllegalArgumentException(
            "resolution %dx%d (expected: both > 0)".formatted(width, height));
      }
    }
  }
}
