package nova.ingest.publish;

import java.time.Duration;
import java.util.concurrent.Executor;

/// Runs tasks one after another on one thread, now or later.
///
/// *Thread-safe.*
public interface SerialScheduler extends Executor {
  /// Runs `task` after `delay` unless the returned task is cancelled before.
  Scheduled schedule(Duration delay, Runnable task);

  /// A task that waits for its time.
  @FunctionalInterface
  interface Scheduled {
    /// Cancelling a task that ran is harmless.
    void cancel();
  }
}
