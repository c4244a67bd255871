package nova.transcode.poster;

import java.time.Instant;
import nova.core.Bytes;
import nova.core.StreamId;

/// Port: takes the posters of streams. Called on a stream's own thread, in the order the pictures
/// were taken; must not block.
///
/// *Thread-safe.*
@FunctionalInterface
public interface PosterSink {
  /// A stream has a newer poster.
  ///
  /// @param jpeg a JPEG file
  /// @param takenAt when its frame reached ingest
  void poster(StreamId stream, Bytes jpeg, Instant takenAt);
}
