package nova.segments;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import nova.core.Bytes;
import nova.core.Epoch;
import nova.core.RenditionId;
import nova.core.StreamId;

/// [MediaSource] of a folder that a [DiskMediaWriter] fills, perhaps in another process. Only
/// complete segments and their parts are there.
///
/// *Thread-safe.*
public final class DiskMedia implements MediaSource {
  private final SegmentFolder folder;
  private final DiskMetrics metrics;
  private final Executor executor;

  /// Reads a folder.
  ///
  /// @param executor runs what blocks
  public DiskMedia(Path folder, DiskMetrics metrics, Executor executor) {
    this.folder = new SegmentFolder(folder);
    this.metrics = metrics;
    this.executor = executor;
  }

  @Override
  public CompletionStage<Optional<Bytes>> init(
      StreamId stream, RenditionId rendition, Epoch epoch) {
    return read(() -> folder.init(stream, rendition, epoch));
  }

  @Override
  public CompletionStage<Optional<Bytes>> part(SegmentKey segment, int part) {
    return read(() -> folder.part(segment, part));
  }

  @Override
  public CompletionStage<Optional<List<Bytes>>> segment(SegmentKey segment) {
    return read(() -> folder.segment(segment));
  }

  @Override
  public CompletionStage<Optional<Poster>> poster(StreamId stream) {
    return read(() -> folder.poster(stream));
  }

  /// The timeline of the stream's complete segments, as it was written last; empty when there is
  /// none.
  public CompletionStage<Optional<TimelineSnapshot>> timeline(StreamId stream) {
    return read(() -> folder.timeline(stream));
  }

  private interface Reading<T> {
    Optional<T> run() throws IOException;
  }

  private <T> CompletionStage<Optional<T>> read(Reading<T> reading) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return reading.run();
          } catch (MalformedTimelineException e) {
            metrics.malformed(e.reason());
            return Optional.empty();
          } catch (IOException e) {
            throw new StoreUnavailableException("the folder of media cannot be read", e);
          }
        },
        executor);
  }
}
