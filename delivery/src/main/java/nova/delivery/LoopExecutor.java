package nova.delivery;

import java.time.Duration;

/// One event loop, as far as holding requests needs it.
///
/// *Thread-safe.*
public interface LoopExecutor {
  /// Runs `task` on the loop, after what it runs now.
  void execute(Runnable task);

  /// Runs `task` on the loop once, after `delay`. Called on the loop.
  void schedule(Duration delay, Runnable task);
}
