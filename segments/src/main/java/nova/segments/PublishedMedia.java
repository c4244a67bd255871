package nova.segments;

import java.util.Optional;
import nova.core.Bytes;
import nova.core.Epoch;
import nova.core.RenditionId;
import nova.core.StreamId;

/// Port: what was published of streams, whichever process did it. What is found never changes.
///
/// An adapter that asks another process may block for as long as that takes. What may be there, but
/// cannot be asked for now, is a [StoreUnavailableException].
///
/// *Thread-safe.*
public interface PublishedMedia {
  /// The media initialization section of a rendition in an epoch; empty when unknown.
  Optional<Bytes> init(StreamId stream, RenditionId rendition, Epoch epoch);

  /// A part of a segment, open or complete; empty when unknown.
  Optional<Bytes> part(SegmentKey segment, int part);
}
