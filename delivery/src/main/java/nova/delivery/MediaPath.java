package nova.delivery;

import nova.core.Epoch;
import nova.core.RenditionId;
import nova.core.StreamId;
import nova.segments.SegmentKey;
import org.jspecify.annotations.Nullable;

/// The path of media: `/media/{stream}/{rendition}/{epoch}/` and `init.mp4`, `{n}.m4s` or
/// `{n}.{part}.m4s`; and of what a stream shows, `/media/{stream}/poster.jpg`. Reading and writing
/// stand side by side, so that playlists name what the routes find.
///
/// *Immutable.*
public sealed interface MediaPath {
  /// Where all media is.
  String ROOT = "/media/";

  String POSTER_NAME = "poster.jpg";
  String INIT_NAME = "init.mp4";
  String SEGMENT_SUFFIX = ".m4s";

  StreamId stream();

  /// A media initialization section.
  record Init(StreamId stream, RenditionId rendition, Epoch epoch) implements MediaPath {}

  /// A complete segment.
  record Segment(SegmentKey key) implements MediaPath {
    @Override
    public StreamId stream() {
      return key.stream();
    }
  }

  /// A partial segment.
  record Part(SegmentKey key, int part) implements MediaPath {
    @Override
    public StreamId stream() {
      return key.stream();
    }
  }

  /// The latest poster of a stream.
  record StreamPoster(StreamId stream) implements MediaPath {}

  /// Reads a path; null when no media can have it.
  static @Nullable MediaPath read(String path) {
    if (!path.startsWith(ROOT)) {
      return null;
    }
    PathCursor cursor = new PathCursor(path, ROOT.length());
    String stream = cursor.next();
    String rendition = cursor.next();
    if (POSTER_NAME.equals(rendition)) {
      return stream != null && cursor.atEnd() && StreamId.isValid(stream)
          ? new StreamPoster(new StreamId(stream))
          : null;
    }
    String epochText = cursor.next();
    String name = cursor.next();
    if (stream == null
        || rendition == null
        || epochText == null
        || name == null
        || !cursor.atEnd()
        || !StreamId.isValid(stream)
        || !RenditionId.isValid(rendition)) {
      return null;
    }
    long epochNumber = PathCursor.number(epochText, 0, epochText.length());
    if (epochNumber < 0 || epochNumber > Integer.MAX_VALUE) {
      return null;
    }
    StreamId id = new StreamId(stream);
    RenditionId renditionId = new RenditionId(rendition);
    Epoch epoch = new Epoch((int) epochNumber);
    if (name.equals(INIT_NAME)) {
      return new Init(id, renditionId, epoch);
    }
    return name.endsWith(SEGMENT_SUFFIX) ? media(id, renditionId, epoch, name) : null;
  }

  private static @Nullable MediaPath media(
      StreamId stream, RenditionId rendition, Epoch epoch, String name) {
    int end = name.length() - SEGMENT_SUFFIX.length();
    int dot = name.indexOf('.');
    long number = PathCursor.number(name, 0, Math.min(dot, end));
    if (number < 0) {
      return null;
    }
    SegmentKey key = new SegmentKey(stream, rendition, epoch, number);
    if (dot == end) {
      return new Segment(key);
    }
    long part = PathCursor.number(name, dot + 1, end);
    return part < 0 || part > Integer.MAX_VALUE ? null : new Part(key, (int) part);
  }

  /// The name of a segment in its epoch's folder.
  static String segmentName(long number) {
    return number + SEGMENT_SUFFIX;
  }

  /// The name of a part in its epoch's folder.
  static String partName(long number, int part) {
    return number + "." + part + SEGMENT_SUFFIX;
  }

  /// Where a stream's poster is.
  static String poster(StreamId stream) {
    return ROOT + stream + "/" + POSTER_NAME;
  }

  /// An epoch's folder below [#ROOT], ending in a slash.
  static String folder(StreamId stream, RenditionId rendition, Epoch epoch) {
    return stream + "/" + rendition + "/" + epoch + "/";
  }
}
