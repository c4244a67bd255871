package nova.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import nova.app.error.StartupException;
import nova.control.database.DatabaseAwayException;
import nova.control.database.DatabaseStartException;
import org.junit.jupiter.api.Test;

class StartPatienceTest {
  private final Lifecycle lifecycle = new Lifecycle();
  private final StartPatience patience = new StartPatience(lifecycle);

  @Test
  void whatIsAway_isAskedAgain_alsoWhenItGoesInTheMiddle() {
    AtomicInteger asked = new AtomicInteger();
    String opened =
        patience.until(
            "the database",
            () -> {
              if (asked.incrementAndGet() == 1) {
                throw new DatabaseAwayException("the database does not answer");
              }
              return "open";
            });
    assertThat(opened).isEqualTo("open");
    assertThat(asked).hasValue(2);
  }

  @Test
  void whatRefusesUs_isAskedAgain_andEverybodyMayKnowThatItIsWaitedFor() {
    Queue<Optional<String>> reasons = new ArrayDeque<>();
    String opened =
        patience.until(
            "the database",
            () -> {
              reasons.add(patience.waitingFor());
              if (reasons.size() == 1) {
                throw new DatabaseStartException("it has schema 1 (expected: 2)");
              }
              return "open";
            });
    assertThat(opened).isEqualTo("open");
    assertThat(reasons)
        .containsExactly(
            Optional.empty(), Optional.of("waiting for the database; the log says why"));
    assertThat(patience.waitingFor()).isEmpty();
  }

  @Test
  void whatComesByItself_isWaitedFor() {
    AtomicInteger asked = new AtomicInteger();
    patience.await(
        "Kafka",
        () -> asked.incrementAndGet() < 3 ? Optional.of("nobody listens") : Optional.empty());
    assertThat(asked).hasValue(3);
  }

  @Test
  void wait_endsWithTheService() throws Exception {
    CountDownLatch asked = new CountDownLatch(3);
    CompletableFuture<Void> waiting =
        CompletableFuture.runAsync(
            () ->
                patience.await(
                    "Kafka",
                    () -> {
                      asked.countDown();
                      return Optional.of("nobody listens");
                    }),
            Thread::startVirtualThread);
    assertThat(asked.await(60, TimeUnit.SECONDS)).isTrue();
    lifecycle.close();
    assertThatThrownBy(() -> waiting.get(60, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOf(StartupException.class)
        .hasMessage("the start was ended");
  }
}
