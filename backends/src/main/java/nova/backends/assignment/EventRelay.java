package nova.backends.assignment;

import nova.core.StreamEvent;
import nova.core.StreamEvents;

/// Takes events from one bus to the other, and tells those that it took itself: a bus calls its
/// subscribers on the thread that publishes, this node's own among them.
///
/// *Thread-safe.*
final class EventRelay {
  private final StreamEvents shared;
  private final StreamEvents local;
  private final ScopedValue<StreamEvent> taken = ScopedValue.newInstance();

  EventRelay(StreamEvents shared, StreamEvents local) {
    this.shared = shared;
    this.local = local;
  }

  /// Tells the stages of this process.
  void toStages(StreamEvent event) {
    ScopedValue.where(taken, event).run(() -> local.publish(event));
  }

  /// Tells all processes.
  void toAll(StreamEvent event) {
    ScopedValue.where(taken, event).run(() -> shared.publish(event));
  }

  /// Whether an event is on its way over this relay on the calling thread.
  boolean isOnItsWay(StreamEvent event) {
    return taken.isBound() && taken.get().equals(event);
  }

  /// Whether the stages of this process are to hear what another process says. What was made of a
  /// stream is said by the node that made it, which carries the stream no more.
  static boolean isForStages(StreamEvent event) {
    return switch (event) {
      case StreamEvent.StreamStarted _,
          StreamEvent.EpochBegan _,
          StreamEvent.StreamMeasured _,
          StreamEvent.StreamRecovering _,
          StreamEvent.StreamResumed _,
          StreamEvent.StreamMoved _,
          StreamEvent.StreamEnded _,
          StreamEvent.StreamError _ ->
          true;
      case StreamEvent.StreamStopRequested _,
          StreamEvent.SegmentGenerated _,
          StreamEvent.LadderChanged _,
          StreamEvent.RungStarted _,
          StreamEvent.BitrateAdapted _,
          StreamEvent.RungsFailed _,
          StreamEvent.RungMisaligned _,
          StreamEvent.ViewerEvent _ ->
          false;
    };
  }
}
