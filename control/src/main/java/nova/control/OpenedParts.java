package nova.control;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ThreadFactory;
import nova.control.database.RepeatedTask;

/// What was opened one upon the other, to be closed the last first.
///
/// *Confined to the thread that opens, then to the one that closes.*
final class OpenedParts implements AutoCloseable {
  private static final Duration AGAIN = Duration.ofSeconds(1);

  private final String whole;
  private final ThreadFactory threads;
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();

  /// @param whole what consists of the parts, for people
  /// @param threads for work that is repeated
  OpenedParts(String whole, ThreadFactory threads) {
    this.whole = whole;
    this.threads = threads;
  }

  <T extends AutoCloseable> T own(T part) {
    parts.push(part);
    return part;
  }

  /// Does work again and again, until it is closed.
  ///
  /// @param name of the thread
  void repeat(String name, Duration every, Runnable work) {
    RepeatedTask _ = own(RepeatedTask.start(name, every, AGAIN, work, threads));
  }

  /// Closes all parts because the next one could not be opened.
  ///
  /// @return why, to be thrown
  RuntimeException closedBecause(RuntimeException failure) {
    try {
      close();
    } catch (IllegalStateException notClosed) {
      failure.addSuppressed(notClosed);
    }
    return failure;
  }

  @Override
  public void close() {
    IllegalStateException failed = new IllegalStateException(whole + " does not close");
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception e) {
        failed.addSuppressed(e); // what is below must be closed all the same
      }
    }
    if (failed.getSuppressed().length > 0) {
      throw failed;
    }
  }
}
