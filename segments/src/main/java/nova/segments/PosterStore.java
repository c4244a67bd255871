package nova.segments;

import java.util.Optional;
import nova.core.StreamId;

/// Port: the latest poster of every stream.
///
/// What is put is visible to all readers after return. Nothing blocks. Bytes are bounded: beyond
/// the cap the poster that was put longest ago goes first.
///
/// *Thread-safe.*
public interface PosterStore {
  /// Replaces the stream's poster.
  ///
  /// @return false when a later one was there, or this one is larger than posters may be; nothing
  ///   changed then
  boolean put(StreamId stream, Poster poster);

  /// The stream's latest poster; empty when it has none, or it went to make room.
  Optional<Poster> find(StreamId stream);

  /// Forgets the stream. Idempotent.
  void remove(StreamId stream);

  /// Bytes held now, for all streams.
  long sizeBytes();
}
