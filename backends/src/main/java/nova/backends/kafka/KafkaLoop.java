package nova.backends.kafka;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A thread that talks with Kafka, and begins again when that fails.
///
/// *Thread-safe.*
final class KafkaLoop {
  private static final Logger log = LoggerFactory.getLogger(KafkaLoop.class);
  private static final Duration RETRY_INTERVAL = Duration.ofMillis(500);

  private final KafkaConnection connection;
  private final KafkaClients clients;
  private final Task task;
  private final Thread thread;
  private final CountDownLatch closing = new CountDownLatch(1);
  private volatile @Nullable String problem;

  /// What is done, until it fails or the loop is closing.
  interface Task {
    void run() throws InterruptedException;
  }

  /// @param name of the thread
  KafkaLoop(
      String name,
      KafkaConnection connection,
      KafkaClients clients,
      ThreadFactory threads,
      Task task) {
    this.connection = connection;
    this.clients = clients;
    this.task = task;
    this.thread = threads.newThread(this::run);
    thread.setName(name);
  }

  /// Begins, when the topics are there.
  void start() {
    thread.start();
  }

  /// Its task does what it is for.
  void works() {
    problem = null;
  }

  /// Why its task failed, until it works again.
  Optional<String> problem() {
    return Optional.ofNullable(problem);
  }

  /// Whether it is to end.
  boolean isClosing() {
    return closing.getCount() == 0;
  }

  /// Asks it to end.
  void close() {
    closing.countDown();
  }

  /// Gives it a moment to end, and then ends it.
  void awaitEnd(Duration patience) {
    try {
      boolean _ = thread.join(patience);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    thread.interrupt();
  }

  private void run() {
    try {
      while (!isClosing()) {
        try {
          if (connection.awaitReady(RETRY_INTERVAL)) {
            task.run();
          }
        } catch (InterruptException _) {
          return; // the process ends
        } catch (KafkaException e) {
          if (!isClosing()) {
            failed(clients.explain(e));
          }
          pause();
        } catch (RuntimeException | Error e) {
          log.atError().setCause(e).log("{} failed and begins again", thread.getName());
          pause();
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // the process ends
    }
  }

  private void failed(String why) {
    if (!why.equals(problem)) {
      log.atWarn().log("{} begins again: {}", thread.getName(), why);
    }
    problem = why;
  }

  private void pause() throws InterruptedException {
    boolean _ = closing.await(RETRY_INTERVAL.toNanos(), TimeUnit.NANOSECONDS);
  }

  /// Does what an interrupted thread cannot, such as to close a client of Kafka.
  static void uninterrupted(Runnable step) {
    boolean interrupted = Thread.interrupted();
    try {
      step.run();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
