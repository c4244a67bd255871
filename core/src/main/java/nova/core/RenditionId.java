package nova.core;

/// The name of one rendition of a stream (`source`, `audio`, `720p`) in URLs and metrics.
///
/// *Immutable.*
///
/// @param value 1..32 characters of `a-z`, `0-9`, and after the first `-` and `_`
public record RenditionId(String value) {
  public RenditionId {
    if (!isValid(value)) {
      throw new IllegalArgumentException(
          "rendition name '%s' (expected: 1 to 32 characters of a-z, 0-9, - and _)"
              .formatted(value));
    }
  }

  /// Whether `text` is a well-formed rendition name; for text that came from a peer.
  public static boolean isValid(String text) {
    return Names.matches(text, 1, 32, true);
  }

  @Override
  public String toString() {
    return value;
  }
}
