package nova.ingest.publish;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import nova.testkit.FakeClock;

/// The test's thread is the thread of the streams, and later is when the test says so.
final class AtOnce implements SerialScheduler {
  private final FakeClock clock;
  private final List<Task> tasks = new ArrayList<>();

  private record Task(long atMs, Runnable step) {}

  AtOnce(FakeClock clock) {
    this.clock = clock;
  }

  @Override
  public Scheduled schedule(Duration delay, Runnable task) {
    Task due = new Task(clock.instant().plus(delay).toEpochMilli(), task);
    tasks.add(due);
    return () -> tasks.remove(due);
  }

  @Override
  public void execute(Runnable task) {
    task.run();
  }

  /// Runs what is due.
  void runDue() {
    long now = clock.instant().toEpochMilli();
    for (Task task : List.copyOf(tasks)) {
      if (task.atMs <= now && tasks.remove(task)) {
        task.step.run();
      }
    }
  }
}
