package nova.delivery;

import org.jspecify.annotations.Nullable;

/// A token that stands before a path, as in `/p/{token}/hls/…`. URIs relative to such a path have
/// it too, so playlists are the same bytes for everybody.
///
/// *Immutable.*
///
/// @param secret as it was sent; not decoded
/// @param path what follows, with its slash
public record PlaybackPrefix(String secret, String path) {
  /// Where all such paths are.
  public static final String ROOT = "/p/";

  private static final String HIDDEN = ROOT + "…";

  /// Reads a path; null when it has no token before it.
  public static @Nullable PlaybackPrefix read(String path) {
    int end = path.startsWith(ROOT) ? endOfSecret(path, 0) : -1;
    return end > ROOT.length() && end < path.length()
        ? new PlaybackPrefix(path.substring(ROOT.length(), end), path.substring(end))
        : null;
  }

  /// A path or URI, however malformed, as it may be logged: without the token, if it has one.
  public static String hidden(String uri) {
    int at = uri.indexOf(ROOT);
    return at < 0 ? uri : uri.substring(0, at) + HIDDEN + uri.substring(endOfSecret(uri, at));
  }

  private static int endOfSecret(String path, int at) {
    int slash = path.indexOf('/', at + ROOT.length());
    return slash < 0 ? path.length() : slash;
  }

  /// Hides the token.
  @Override
  public String toString() {
    return HIDDEN + path;
  }
}
