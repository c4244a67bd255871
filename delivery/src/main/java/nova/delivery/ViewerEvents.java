package nova.delivery;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import nova.core.StreamEvent.ViewerEvent;
import nova.core.StreamEvents;

/// The events of viewers on their way to others. When a crowd comes they go out one after the other
/// for some seconds; what is more than that is dropped and counted.
///
/// *Thread-safe; [#publish] is for one thread.*
final class ViewerEvents {
  private static final int QUEUED = 10_000; // some 200 bytes each
  private static final int AT_ONCE = 1_000;

  private final BlockingQueue<ViewerEvent> queue = new ArrayBlockingQueue<>(QUEUED);
  private final StreamEvents events;
  private final DeliveryMetrics metrics;

  ViewerEvents(StreamEvents events, DeliveryMetrics metrics) {
    this.events = events;
    this.metrics = metrics;
  }

  /// Takes an event, or drops it when there are too many. Returns at once.
  void add(ViewerEvent event) {
    if (!queue.offer(event)) {
      metrics.viewerEventDropped();
    }
  }

  /// Tells what was taken, and no more than is bearable; to be called once a second.
  void publish() {
    List<ViewerEvent> next = new ArrayList<>();
    int _ = queue.drainTo(next, AT_ONCE);
    next.forEach(events::publish);
  }
}
