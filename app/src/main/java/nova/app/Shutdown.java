package nova.app;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Turns SIGTERM and Ctrl-C into a clean end with exit code 0.
///
/// *Thread-safe.*
final class Shutdown implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Shutdown.class);

  /// With the 5 s that viewers' answers may take, less than the 10 s after which Docker kills.
  private static final Duration PATIENCE = Duration.ofSeconds(4);

  private final Lifecycle lifecycle;
  private final Duration patience;
  private final CountDownLatch asked = new CountDownLatch(1);
  private final Thread hook = new Thread(this::end, "shutdown");

  private Shutdown(Lifecycle lifecycle, Duration patience) {
    this.lifecycle = lifecycle;
    this.patience = patience;
  }

  /// From here on a signal closes `lifecycle` and ends the process.
  ///
  /// @param drain how much of that time may go by until viewers have their answers
  static Shutdown closing(Lifecycle lifecycle, Duration drain) {
    Shutdown shutdown = new Shutdown(lifecycle, PATIENCE.plus(drain));
    Runtime.getRuntime().addShutdownHook(shutdown.hook);
    return shutdown;
  }

  /// Waits for a signal, at most for `atMost`.
  void await(Duration atMost) throws InterruptedException {
    if (asked.await(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
      hook.join(); // it ends the process
    }
  }

  /// Signals end the process at once again, as for any other program. When one has come already,
  /// this waits for the end: what fails because everything is being closed is nobody's mistake.
  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      log.debug("already shutting down", e);
      awaitEnd();
    }
  }

  private void awaitEnd() {
    try {
      asked.await();
      hook.join(); // it ends the process
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void end() {
    asked.countDown();
    log.info("shutting down");
    Thread closing = Thread.ofPlatform().name("shutdown-close").daemon().start(lifecycle::close);
    try {
      if (!closing.join(patience)) {
        log.warn("not everything closed within {} s", patience.toSeconds());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Logging.flush();
    System.err.flush();
    Runtime.getRuntime().halt(0); // a JVM that a signal ends would exit with 143
  }
}
