package nova.segments;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import nova.core.Bytes;
import nova.core.Epoch;
import nova.core.RenditionId;
import nova.core.StreamId;

/// [MediaSource] of the stores of this process. All stages are complete at once.
///
/// *Thread-safe.*
public final class StoredMedia implements MediaSource {
  private final SegmentStore segments;
  private final PosterStore posters;

  public StoredMedia(SegmentStore segments, PosterStore posters) {
    this.segments = segments;
    this.posters = posters;
  }

  @Override
  public CompletionStage<Optional<Bytes>> init(
      StreamId stream, RenditionId rendition, Epoch epoch) {
    return CompletableFuture.completedStage(segments.init(stream, rendition, epoch));
  }

  @Override
  public CompletionStage<Optional<Bytes>> part(SegmentKey segment, int part) {
    return CompletableFuture.completedStage(segments.part(segment, part));
  }

  @Override
  public CompletionStage<Optional<List<Bytes>>> segment(SegmentKey segment) {
    return CompletableFuture.completedStage(segments.segment(segment));
  }

  @Override
  public CompletionStage<Optional<Poster>> poster(StreamId stream) {
    return CompletableFuture.completedStage(posters.find(stream));
  }
}
