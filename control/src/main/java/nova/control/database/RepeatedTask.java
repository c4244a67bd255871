package nova.control.database;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Work that is done again and again on a thread of its own, whatever became of it the last time.
///
/// *Thread-safe.*
public final class RepeatedTask implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RepeatedTask.class);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(2);

  private final String name;
  private final Duration every;
  private final Duration again;
  private final Runnable work;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;

  private RepeatedTask(
      String name, Duration every, Duration again, Runnable work, ThreadFactory threads) {
    this.name = name;
    this.every = every;
    this.again = again;
    this.work = work;
    this.thread = threads.newThread(this::run);
  }

  /// Begins at once.
  ///
  /// @param name of the thread
  /// @param every how long after it was done it is done again
  /// @param again how long after the database was away
  public static RepeatedTask start(
      String name, Duration every, Duration again, Runnable work, ThreadFactory threads) {
    RepeatedTask task = new RepeatedTask(name, every, again, work, threads);
    task.thread.setName(name);
    task.thread.start();
    return task;
  }

  private void run() {
    try {
      Duration pause = done();
      while (!closed.await(pause.toNanos(), TimeUnit.NANOSECONDS)) {
        pause = done();
      }
    } catch (InterruptedException _) {
      log.debug("{} was interrupted", name);
    }
  }

  /// @return how long to rest
  private Duration done() {
    try {
      work.run();
      return every;
    } catch (DatabaseAwayException e) {
      log.debug("{} waits for the database", name, e);
      return again;
    } catch (RuntimeException | Error e) {
      if (closed.getCount() == 0) {
        return again; // interrupted
      }
      log.atError().addKeyValue("task", name).setCause(e).log("a repeated task failed");
      return every;
    }
  }

  /// Lets it end, or interrupts it.
  @Override
  public void close() {
    closed.countDown();
    try {
      if (!thread.join(STOP_TIMEOUT)) {
        thread.interrupt();
      }
    } catch (InterruptedException _) {
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
  }
}
