package nova.media.hls;

/// A resource that will be needed next, so that players can ask for it before it exists.
///
/// Spec: rfc8216bis-22 §4.4.5.3 (EXT-X-PRELOAD-HINT). *Immutable.*
///
/// @param uri exactly as the later EXT-X-PART or EXT-X-MAP will have it
public record PreloadHint(Type type, String uri) {
  public PreloadHint {
    PlaylistText.requireUri(uri);
  }

  /// What is hinted.
  public enum Type {
    PART,
    MAP
  }
}
