package nova.core;

import java.util.ArrayList;
import java.util.List;

/// [StreamEvents] within one process: a list of subscribers called one after the other.
///
/// *Thread-safe.*
public final class InProcessStreamEvents implements StreamEvents {
  private final FailedSubscriber onFailure;
  private volatile List<Subscriber> subscribers = List.of();

  /// @param onFailure told when a subscriber throws; the other subscribers still receive the event
  public InProcessStreamEvents(FailedSubscriber onFailure) {
    this.onFailure = onFailure;
  }

  @Override
  public void publish(StreamEvent event) {
    for (Subscriber subscriber : subscribers) {
      try {
        subscriber.onEvent(event);
      } catch (RuntimeException | Error e) {
        onFailure.onFailure(event, e);
      }
    }
  }

  @Override
  public synchronized Subscription subscribe(Subscriber subscriber) {
    List<Subscriber> more = new ArrayList<>(subscribers);
    more.add(subscriber);
    subscribers = List.copyOf(more);
    return () -> unsubscribe(subscriber);
  }

  private synchronized void unsubscribe(Subscriber subscriber) {
    List<Subscriber> fewer = new ArrayList<>(subscribers);
    fewer.remove(subscriber);
    subscribers = List.copyOf(fewer);
  }

  /// Learns that a subscriber threw: a programmer's error, or the JVM lacks something.
  @FunctionalInterface
  public interface FailedSubscriber {
    void onFailure(StreamEvent event, Throwable failure);
  }
}
