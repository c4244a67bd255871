package nova.worker;

import java.util.concurrent.atomic.AtomicLong;
import nova.core.NanoClock;

/// How much of the time a thread works, and how much it waits for work or for whoever takes it.
///
/// *Confined to its thread*, but for [#takeShare], which another may ask.
final class BusyMeter {
  private final NanoClock clock;
  private final AtomicLong busyNs = new AtomicLong();
  private long resumedAt;

  BusyMeter(NanoClock clock) {
    this.clock = clock;
  }

  /// Work begins.
  void resume() {
    resumedAt = clock.nanoTime();
  }

  /// Work is done, or must wait.
  void pause() {
    long _ = busyNs.addAndGet(clock.nanoTime() - resumedAt);
  }

  /// The share that was worked of the time since this was last asked.
  ///
  /// @param passedNs that time
  double takeShare(long passedNs) {
    return Math.clamp((double) busyNs.getAndSet(0) / passedNs, 0, 1);
  }
}
