package nova.delivery.http;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import nova.core.Bytes;
import nova.core.Epoch;
import nova.core.RenditionId;
import nova.core.StreamId;
import nova.segments.MediaSource;
import nova.segments.Poster;
import nova.segments.SegmentKey;
import org.jspecify.annotations.Nullable;

/// Media that comes when the test says so, on a thread of its own, as from another machine.
///
/// *Thread-safe.*
final class LateMedia implements MediaSource {
  final AtomicInteger questions = new AtomicInteger();
  private volatile @Nullable MediaSource stored;
  private final Queue<Runnable> answers = new ConcurrentLinkedQueue<>();
  private final Queue<CompletableFuture<?>> open = new ConcurrentLinkedQueue<>();

  /// Sets where it comes from.
  MediaSource of(MediaSource source) {
    stored = source;
    return this;
  }

  @Override
  public CompletionStage<Optional<Bytes>> init(
      StreamId stream, RenditionId rendition, Epoch epoch) {
    return later(source -> source.init(stream, rendition, epoch));
  }

  @Override
  public CompletionStage<Optional<Bytes>> part(SegmentKey segment, int part) {
    return later(source -> source.part(segment, part));
  }

  @Override
  public CompletionStage<Optional<List<Bytes>>> segment(SegmentKey segment) {
    return later(source -> source.segment(segment));
  }

  @Override
  public CompletionStage<Optional<Poster>> poster(StreamId stream) {
    return later(source -> source.poster(stream));
  }

  private <T> CompletionStage<T> later(Function<MediaSource, CompletionStage<T>> answer) {
    MediaSource source = Objects.requireNonNull(stored);
    CompletableFuture<T> promised = new CompletableFuture<>();
    open.add(promised);
    answers.add(() -> promised.complete(answer.apply(source).toCompletableFuture().join()));
    questions.incrementAndGet();
    return promised;
  }

  /// Waits until so many questions were asked in all.
  void awaitQuestions(int count) throws InterruptedException {
    DeliveryFixture.await(count + " questions", () -> questions.get() == count);
  }

  /// Answers what was asked.
  void answer() throws InterruptedException {
    onItsThread(answers);
    open.clear();
  }

  /// Fails what was asked.
  void fail(Throwable failure) throws InterruptedException {
    answers.clear();
    open.forEach(promised -> answers.add(() -> promised.completeExceptionally(failure)));
    answer();
  }

  private static void onItsThread(Queue<Runnable> work) throws InterruptedException {
    Thread thread =
        Thread.ofPlatform()
            .name("late-media")
            .start(
                () -> {
                  for (Runnable next = work.poll(); next != null; next = work.poll()) {
                    next.run();
                  }
                });
    thread.join();
  }
}
