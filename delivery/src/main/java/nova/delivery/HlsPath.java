package nova.delivery;

import nova.core.ChannelSlug;
import nova.core.RenditionId;
import org.jspecify.annotations.Nullable;

/// The path of a playlist: `/hls/{stream}/index.m3u8` or `/hls/{stream}/{rendition}/index.m3u8`.
///
/// *Immutable.*
public sealed interface HlsPath {
  /// Where all playlists are.
  String ROOT = "/hls/";

  /// A stream id or a channel name; both are syntactically channel names.
  String stream();

  /// The multivariant playlist.
  record Multivariant(String stream) implements HlsPath {}

  /// The media playlist of one rendition.
  record Media(String stream, RenditionId rendition) implements HlsPath {}

  /// Reads a path; null when no playlist can have it.
  static @Nullable HlsPath read(String path) {
    if (!path.startsWith(ROOT)) {
      return null;
    }
    PathCursor cursor = new PathCursor(path, ROOT.length());
    String stream = cursor.next();
    String second = cursor.next();
    if (stream == null || second == null || !ChannelSlug.isValid(stream)) {
      return null;
    }
    if (cursor.atEnd()) {
      return second.equals("index.m3u8") ? new Multivariant(stream) : null;
    }
    String third = cursor.next();
    return "index.m3u8".equals(third) && cursor.atEnd() && RenditionId.isValid(second)
        ? new Media(stream, new RenditionId(second))
        : null;
  }
}
