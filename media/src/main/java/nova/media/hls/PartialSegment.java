package nova.media.hls;

/// A piece of a media segment that is published before the whole.
///
/// Spec: rfc8216bis-22 §4.4.4.9 (EXT-X-PART). *Immutable.*
///
/// @param uri relative to the playlist
/// @param duration in ticks of the playlist's timescale
/// @param independent whether it begins with a keyframe
/// @param gap whether its media is missing
public record PartialSegment(String uri, long duration, boolean independent, boolean gap) {
  public PartialSegment {
    PlaylistText.requireUri(uri);
    if (duration < 0) {
      throw new IllegalArgumentException("part of %d ticks (expected: >= 0)".formatted(duration));
    }
  }
}
