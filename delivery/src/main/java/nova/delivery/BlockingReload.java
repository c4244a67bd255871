package nova.delivery;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import nova.core.NanoClock;
import nova.segments.TimelineSnapshot;
import nova.segments.TimelineStore;

/// Wakes held requests when timelines change, without polling and without a parked thread.
///
/// A held request is a registration in the [HeldRequests] of its event loop. A change of a timeline
/// schedules at most one task per event loop that holds something for the stream; further changes
/// before that task runs are seen by it too. So a change costs loops and answers, never threads.
///
/// *Thread-safe.*
public final class BlockingReload implements AutoCloseable {
  private final TimelineStore timelines;
  private final NanoClock clock;
  private final DeliveryMetrics metrics;
  private final HoldLimits limits;
  private final List<HeldRequests> loops = new CopyOnWriteArrayList<>();
  private final TimelineStore.Registration registration;

  public BlockingReload(DeliveryConfig config, DeliveryPorts ports) {
    this.timelines = ports.timelines();
    this.clock = ports.nanoClock();
    this.metrics = ports.metrics();
    this.limits = new HoldLimits(config.heldRequestsPerAddress(), config.heldRequestsPerStream());
    this.registration = timelines.listen(this::onChange);
  }

  /// The held requests of a new event loop.
  public HeldRequests join(LoopExecutor loop) {
    HeldRequests held = new HeldRequests(loop, timelines, clock, metrics, limits);
    loops.add(held);
    return held;
  }

  /// Answers what is held, and from here on what comes, without a wait. Idempotent.
  public void stop() {
    for (HeldRequests loop : loops) {
      loop.stop();
    }
  }

  /// Stops holding, and listening.
  @Override
  public void close() {
    registration.close();
    stop();
  }

  private void onChange(TimelineSnapshot snapshot) {
    for (HeldRequests loop : loops) {
      loop.wake(snapshot.stream());
    }
  }
}
