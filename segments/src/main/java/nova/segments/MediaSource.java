package nova.segments;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import nova.core.Bytes;
import nova.core.Epoch;
import nova.core.RenditionId;
import nova.core.StreamId;

/// Port: the bytes of published media, wherever they are. What is found once never changes, except
/// a poster.
///
/// Nothing blocks: a stage is complete at once where the bytes are at hand, and otherwise completes
/// on a thread of the adapter, which must not be kept. It fails with [StoreUnavailableException]
/// when it is not known whether there is such media.
///
/// *Thread-safe.*
public interface MediaSource {
  /// The media initialization section of a rendition in an epoch; empty when unknown.
  CompletionStage<Optional<Bytes>> init(StreamId stream, RenditionId rendition, Epoch epoch);

  /// A part of a segment; empty when unknown. Parts of a segment that is not complete may be
  /// missing in adapters that say so.
  CompletionStage<Optional<Bytes>> part(SegmentKey segment, int part);

  /// The chunks whose concatenation is the complete segment; empty while it is open, and when
  /// unknown.
  CompletionStage<Optional<List<Bytes>>> segment(SegmentKey segment);

  /// The stream's latest poster; empty when it has none.
  CompletionStage<Optional<Poster>> poster(StreamId stream);
}
