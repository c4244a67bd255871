package nova.app;

import java.time.Duration;
import java.util.concurrent.Callable;
import nova.app.error.StartupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Waits for what a service needs and others run: it is asked again and again, at first each second
/// and later each ten, until it is there or the service is to end. The operator is told at once and
/// whenever something else is wrong.
///
/// *Confined to its thread.*
final class StartPatience {
  private static final Logger log = LoggerFactory.getLogger(StartPatience.class);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
  private static final Duration LOOK = Duration.ofMillis(100);

  private final Lifecycle lifecycle;
  private final Class<? extends RuntimeException> away;

  /// @param lifecycle of the service; when that closes, nothing is waited for
  /// @param away what is thrown while the thing is not there, with a sentence for the operator
  StartPatience(Lifecycle lifecycle, Class<? extends RuntimeException> away) {
    this.lifecycle = lifecycle;
    this.away = away;
  }

  /// Opens it.
  ///
  /// @param what for people, such as `Redis`
  /// @throws StartupException when the service is to end before
  <T> T until(String what, Callable<T> open) {
    Duration pause = FIRST_PAUSE;
    String told = "";
    while (true) {
      try {
        T opened = open.call();
        if (!told.isEmpty()) {
          log.info("{} is there", what);
        }
        return opened;
      } catch (Exception e) {
        if (!away.isInstance(e)) {
          throw e instanceof RuntimeException unexpected
              ? unexpected
              : new IllegalStateException("cannot open " + what, e);
        }
        String sentence = String.valueOf(e.getMessage());
        if (!sentence.equals(told)) {
          log.warn("waiting for {}: {}", what, sentence);
          told = sentence;
        }
      }
      rest(pause);
      pause = pause.multipliedBy(2);
      pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
    }
  }

  private void rest(Duration pause) {
    long startNs = System.nanoTime();
    try {
      while (System.nanoTime() - startNs < pause.toNanos()) {
        if (lifecycle.isClosing()) {
          throw new StartupException("the start was ended");
        }
        Thread.sleep(LOOK);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartupException("the start was interrupted", e);
    }
  }
}
