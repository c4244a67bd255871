package nova.media.hls;

/// Makes a playlist a delta update: its oldest segments are only counted, not listed.
///
/// Spec: rfc8216bis-22 §4.4.5.2 (EXT-X-SKIP), §6.2.5.1. *Immutable.*
///
/// @param segments how many of the playlist's first segments are left out, at least 1
public record Skip(int segments) {
  public Skip {
    if (segments < 1) {
      throw new IllegalArgumentException(
          "skip of %d segments (expected: >= 1, or no skip at all)".formatted(segments));
    }
  }
}
