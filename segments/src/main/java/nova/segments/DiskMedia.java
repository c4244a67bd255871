package nova.segments;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import nova.core.Bytes;
import nova.core.Epoch;
import nova.core.RenditionId;
import nova.core.StreamId;

/// [MediaSource] of a folder that a [DiskMediaWriter] fills, perhaps in another process. Only
/// complete segments and their parts are there.
///
/// A few threads read, and a bounded number of reads waits for them, no longer than [#LIMIT]: a
/// folder that hangs, as one on another machine may, holds up nothing else. What takes longer and
/// reads beyond fail with [StoreUnavailableException].
///
/// *Thread-safe.*
public final class DiskMedia implements MediaSource, AutoCloseable {
  private static final int THREADS = 8;
  private static final int MOST_WAITING = 1_000;
  private static final int IDLE_SECONDS = 30;

  /// How long a read may take, waiting included: as long as Redis has by default.
  static final Duration LIMIT = Duration.ofSeconds(2);

  private final SegmentFolder folder;
  private final DiskMetrics metrics;
  private final Duration limit;
  private final ThreadPoolExecutor executor;

  /// Reads a folder.
  ///
  /// @param threads makes those that read; platform threads, as what they do blocks
  public DiskMedia(Path folder, DiskMetrics metrics, ThreadFactory threads) {
    this(folder, metrics, THREADS, MOST_WAITING, LIMIT, threads);
  }

  DiskMedia(
      Path folder,
      DiskMetrics metrics,
      int most,
      int mostWaiting,
      Duration limit,
      ThreadFactory threads) {
    this.folder = new SegmentFolder(folder);
    this.metrics = metrics;
    this.limit = limit;
    this.executor =
        new ThreadPoolExecutor(
            most,
            most,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(mostWaiting),
            threads);
    executor.allowCoreThreadTimeOut(true);
  }

  @Override
  public CompletionStage<Optional<Bytes>> init(
      StreamId stream, RenditionId rendition, Epoch epoch) {
    return find(stream, holder -> holder.findInit(rendition, epoch));
  }

  @Override
  public CompletionStage<Optional<Bytes>> part(SegmentKey segment, int part) {
    return find(segment.stream(), holder -> holder.part(segment, part));
  }

  @Override
  public CompletionStage<Optional<List<Bytes>>> segment(SegmentKey segment) {
    return find(segment.stream(), holder -> holder.segment(segment));
  }

  @Override
  public CompletionStage<Optional<Poster>> poster(StreamId stream) {
    return find(stream, HolderFolder::poster);
  }

  /// The timeline of the stream's complete segments, as it was written last; empty when there is
  /// none.
  public CompletionStage<Optional<TimelineSnapshot>> timeline(StreamId stream) {
    return find(stream, HolderFolder::timeline);
  }

  private <T> CompletionStage<Optional<T>> find(StreamId stream, SegmentFolder.Reading<T> reading) {
    try {
      // A read that came too late while it waited is not begun.
      return CompletableFuture.supplyAsync(() -> findNow(stream, reading), executor)
          .orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS)
          .exceptionallyCompose(this::failed);
    } catch (RejectedExecutionException e) {
      metrics.refused();
      return CompletableFuture.failedStage(
          new StoreUnavailableException("too many reads wait for the folder of media", e));
    }
  }

  private <T> CompletionStage<Optional<T>> failed(Throwable failure) {
    if (failure instanceof TimeoutException) {
      metrics.timedOut();
      return CompletableFuture.failedStage(
          new StoreUnavailableException("the folder of media does not answer", failure));
    }
    return CompletableFuture.failedStage(failure);
  }

  private <T> Optional<T> findNow(StreamId stream, SegmentFolder.Reading<T> reading) {
    try {
      return folder.find(stream, reading);
    } catch (MalformedTimelineException e) {
      metrics.malformed(e.reason());
      return Optional.empty();
    } catch (IOException e) {
      throw new StoreUnavailableException("the folder of media cannot be read", e);
    }
  }

  /// Reads what waits, and nothing more.
  @Override
  public void close() {
    executor.shutdown();
  }
}
