package nova.control;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import nova.core.InProcessStreamEvents;
import nova.core.OwnStreamEvents;
import nova.core.StreamEvent;
import nova.core.StreamEvents;

/// Events of servers that hear each other, each its own first.
///
/// *Thread-safe.*
public final class TestBus {
  private final List<InProcessStreamEvents> servers = new CopyOnWriteArrayList<>();

  /// The events as one more server has them.
  public OwnStreamEvents join() {
    InProcessStreamEvents here = new InProcessStreamEvents(TestBus::failed);
    servers.add(here);
    return new OwnStreamEvents(
        new StreamEvents() {
          @Override
          public void publish(StreamEvent event) {
            servers.forEach(server -> server.publish(event));
          }

          @Override
          public Subscription subscribe(Subscriber subscriber) {
            return here.subscribe(subscriber);
          }
        },
        TestBus::failed);
  }

  private static void failed(StreamEvent event, Throwable failure) {
    throw new AssertionError(event.toString(), failure);
  }
}
