package nova.app;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A stack of what was opened, closed in reverse order, once.
///
/// *Thread-safe.*
final class Lifecycle implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Lifecycle.class);

  private record Opened(String name, AutoCloseable closeable) {}

  private final Deque<Opened> opened = new ArrayDeque<>();
  private final CountDownLatch closing = new CountDownLatch(1);

  /// Takes charge of `closeable`; when closing has already begun it is closed at once.
  synchronized <T extends AutoCloseable> T own(String name, T closeable) {
    if (isClosing()) {
      close(new Opened(name, closeable));
    } else {
      opened.push(new Opened(name, closeable));
    }
    return closeable;
  }

  boolean isClosing() {
    return closing.getCount() == 0;
  }

  /// Waits at most that long for the beginning of the end, or until the thread is interrupted.
  ///
  /// @return whether it has come
  boolean awaitClosing(Duration atMost) {
    try {
      return closing.await(atMost.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  /// Closes everything, last opened first. What fails is logged and does not stop the rest.
  @Override
  public void close() {
    synchronized (this) {
      closing.countDown(); // what is owned from now on is closed at once
    }
    while (true) {
      Opened next;
      synchronized (this) {
        next = opened.poll();
      }
      if (next == null) {
        return;
      }
      close(next);
    }
  }

  private static void close(Opened it) {
    try {
      it.closeable().close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      log.atWarn().addKeyValue("part", it.name()).log("interrupted while closing");
    } catch (Exception e) {
      log.atWarn().addKeyValue("part", it.name()).setCause(e).log("did not close cleanly");
    }
  }
}
