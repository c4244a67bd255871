package nova.segments;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import nova.core.Bytes;
import nova.core.Epoch;
import nova.core.RenditionId;
import nova.core.StreamId;

/// Media of one [MediaSource], or of another one where the first cannot be asked or has it not.
/// What the first cannot be asked for and the second has not may be there all the same, so that is
/// the first one's failure.
///
/// *Thread-safe.*
public final class FallbackMedia implements MediaSource {
  private final MediaSource first;
  private final MediaSource second;

  public FallbackMedia(MediaSource first, MediaSource second) {
    this.first = first;
    this.second = second;
  }

  @Override
  public CompletionStage<Optional<Bytes>> init(
      StreamId stream, RenditionId rendition, Epoch epoch) {
    return orElse(source -> source.init(stream, rendition, epoch));
  }

  @Override
  public CompletionStage<Optional<Bytes>> part(SegmentKey segment, int part) {
    return orElse(source -> source.part(segment, part));
  }

  @Override
  public CompletionStage<Optional<List<Bytes>>> segment(SegmentKey segment) {
    return orElse(source -> source.segment(segment));
  }

  @Override
  public CompletionStage<Optional<Poster>> poster(StreamId stream) {
    return orElse(source -> source.poster(stream));
  }

  private <T> CompletionStage<Optional<T>> orElse(
      Function<MediaSource, CompletionStage<Optional<T>>> ask) {
    return ask.apply(first)
        .handle(
            (found, failure) -> {
              if (failure != null) {
                return afterFailure(failure, ask.apply(second));
              }
              return found.isPresent()
                  ? CompletableFuture.completedStage(found)
                  : ask.apply(second);
            })
        .thenCompose(answer -> answer);
  }

  private static <T> CompletionStage<Optional<T>> afterFailure(
      Throwable failure, CompletionStage<Optional<T>> second) {
    return second.thenCompose(
        found ->
            found.isPresent()
                ? CompletableFuture.completedStage(found)
                : CompletableFuture.failedStage(failure));
  }
}
