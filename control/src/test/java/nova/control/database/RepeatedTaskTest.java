package nova.control.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class RepeatedTaskTest {
  private static final Duration SHORT = Duration.ofMillis(1);
  private static final Duration LONG = Duration.ofHours(1);

  private final AtomicReference<Thread> thread = new AtomicReference<>();
  private final ThreadFactory threads =
      work -> {
        Thread made = Thread.ofVirtual().unstarted(work);
        thread.set(made);
        return made;
      };

  @Test
  void work_isRepeated_whateverBecomesOfIt() throws Exception {
    AtomicInteger times = new AtomicInteger();
    Semaphore done = new Semaphore(0);
    Runnable work =
        () -> {
          done.release();
          switch (times.incrementAndGet()) {
            case 1 -> throw new DatabaseAwayException("away");
            case 2 -> throw new IllegalStateException("wrong");
            case 3 -> throw new StackOverflowError("wrong");
            default -> {
              // fine
            }
          }
        };
    try (RepeatedTask _ = RepeatedTask.start("work", SHORT, SHORT, work, threads)) {
      assertThat(done.tryAcquire(5, 20, TimeUnit.SECONDS)).isTrue();
      assertThat(thread.get().getName()).isEqualTo("work");
    }
    assertThat(thread.get().isAlive()).isFalse();
  }

  @Test
  void databaseThatIsAway_isAskedAgainSooner() throws Exception {
    AtomicInteger times = new AtomicInteger();
    Semaphore done = new Semaphore(0);
    Runnable work =
        () -> {
          done.release();
          if (times.incrementAndGet() < 3) {
            throw new DatabaseAwayException("away");
          }
        };
    try (RepeatedTask _ = RepeatedTask.start("work", LONG, SHORT, work, threads)) {
      assertThat(done.tryAcquire(3, 20, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(times).as("and then rested").hasValue(3);
  }

  @Test
  void close_interruptsWorkThatDoesNotEnd() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    Runnable work =
        () -> {
          begun.countDown();
          try {
            TimeUnit.MINUTES.sleep(10);
          } catch (InterruptedException e) {
            interrupted.countDown();
            throw new IllegalStateException(e);
          }
        };
    RepeatedTask task = RepeatedTask.start("work", SHORT, SHORT, work, threads);
    assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
    task.close();
    assertThat(interrupted.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(thread.get().join(Duration.ofSeconds(20))).isTrue();
  }
}
