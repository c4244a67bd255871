package nova.media.hls;

/// What text may stand in a playlist.
///
/// Spec: rfc8216bis-22 §4.1 (no control characters), §4.2 (quoted-string).
final class PlaylistText {
  private PlaylistText() {}

  /// Checks a URI: it stands in quotes or on a line of its own.
  static void requireUri(String uri) {
    requireQuotable("URI", uri);
    if (uri.isEmpty() || uri.charAt(0) == '#' || uri.indexOf(' ') >= 0) {
      throw new IllegalArgumentException(
          "URI '%s' (expected: not empty, no leading #, no space)".formatted(uri));
    }
  }

  static void requireQuotable(String name, String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c < 0x20 || (c >= 0x7f && c <= 0x9f)) {
        throw new IllegalArgumentException(
            "%s has character 0x%02x at %d (expected: no quotes and no control characters)"
                .formatted(name, (int) c, i));
      }
    }
  }
}
