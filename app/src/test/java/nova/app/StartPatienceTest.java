package nova.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
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
  void whatRefusesUs_isNotWaitedFor() {
    assertThatThrownBy(
            () ->
                patience.until(
                    "the database",
                    () -> {
                      throw new DatabaseStartException("it has schema 1 (expected: 2)");
                    }))
        .isInstanceOf(StartupException.class)
        .hasMessage("it has schema 1 (expected: 2)");
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
