package nova.ingest.transport;

import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import nova.ingest.publish.SerialScheduler;

/// A Netty event executor as a [SerialScheduler].
///
/// *Thread-safe.*
final class EventLoopScheduler implements SerialScheduler {
  private final EventExecutor executor;

  EventLoopScheduler(EventExecutor executor) {
    this.executor = executor;
  }

  @Override
  public void execute(Runnable task) {
    executor.execute(task);
  }

  @Override
  public Scheduled schedule(Duration delay, Runnable task) {
    Future<?> future = executor.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
    return () -> future.cancel(false);
  }
}
