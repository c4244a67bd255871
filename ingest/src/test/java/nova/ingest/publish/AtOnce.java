package nova.ingest.publish;

import java.time.Duration;

/// The test's thread is the thread of the streams, and nothing is due later.
final class AtOnce implements SerialScheduler {
  @Override
  public Scheduled schedule(Duration delay, Runnable task) {
    return () -> {};
  }

  @Override
  public void execute(Runnable task) {
    task.run();
  }
}
