package nova.delivery.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import nova.core.StreamId;
import nova.delivery.LoopExecutor;
import nova.delivery.MediaPath;
import nova.testkit.FakeClock;
import org.junit.jupiter.api.Test;

class MediaFetchesTest {
  private static final MediaPath ONE = new MediaPath.StreamPoster(new StreamId("one1"));
  private static final MediaPath TWO = new MediaPath.StreamPoster(new StreamId("two2"));

  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private final FakeClock clock = new FakeClock();
  private final List<CompletableFuture<Optional<FoundMedia>>> answered = new ArrayList<>();
  private final MediaFetches fetches =
      new MediaFetches(
          new LoopExecutor() {
            @Override
            public void execute(Runnable task) {
              tasks.add(task);
            }

            @Override
            public void schedule(Duration delay, Runnable task) {}
          },
          clock::nanoTime,
          2);

  private boolean fetch(MediaPath path, CompletableFuture<Optional<FoundMedia>> found) {
    return fetches.fetch(path, () -> found, answered::add);
  }

  @Test
  void requestsThatWait_areBounded_andThoseThatNeedNotWaitAreNot() {
    CompletableFuture<Optional<FoundMedia>> one = new CompletableFuture<>();
    assertThat(fetch(ONE, one)).isTrue();
    assertThat(fetch(ONE, one)).isTrue();

    assertThat(fetch(ONE, one)).isFalse();
    assertThat(fetch(TWO, new CompletableFuture<>())).isFalse();
    assertThat(fetch(TWO, CompletableFuture.completedFuture(Optional.empty()))).isTrue();
    assertThat(answered).hasSize(1);

    one.complete(Optional.empty());
    tasks.forEach(Runnable::run);
    assertThat(answered).hasSize(3);
    assertThat(fetch(TWO, new CompletableFuture<>())).isTrue();
    assertThat(fetch(ONE, new CompletableFuture<>())).isTrue();
    assertThat(fetch(ONE, new CompletableFuture<>())).isFalse();
  }
}
