package nova.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import nova.core.StreamEvent.StreamEnded;
import nova.core.StreamEvent.StreamMeasured;
import nova.core.StreamEvents.Subscription;
import org.junit.jupiter.api.Test;

/// What every [StreamEvents] must do; each adapter's test extends it.
public abstract class StreamEventsContract {
  private static final StreamEvent EVENT =
      new StreamEnded(
          new StreamId("abcd"), Instant.EPOCH, "the broadcaster stopped", StreamHealth.NOTHING);

  /// Those that the events were published to and threw.
  protected final List<Throwable> failures = new CopyOnWriteArrayList<>();

  /// A bus without subscribers that adds to `failures`.
  protected abstract StreamEvents newEvents();

  @Test
  void publish_callsSubscribersOfThisProcess_onThePublishersThread() {
    StreamEvents events = newEvents();
    List<Thread> threads = new ArrayList<>();
    events.subscribe(_ -> threads.add(Thread.currentThread()));

    events.publish(EVENT);

    assertThat(threads).containsExactly(Thread.currentThread());
  }

  @Test
  void publish_keepsTheOrder() {
    StreamEvents events = newEvents();
    List<StreamEvent> seen = new ArrayList<>();
    events.subscribe(seen::add);

    List<StreamEvent> published = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      StreamEvent event =
          new StreamMeasured(
              new StreamId("abcd"), Instant.ofEpochSecond(100L - i), StreamHealth.NOTHING);
      published.add(event);
      events.publish(event);
    }

    assertThat(seen).isEqualTo(published);
  }

  @Test
  void publish_oneSubscriberThrows_othersStillReceive() {
    StreamEvents events = newEvents();
    List<StreamEvent> seen = new ArrayList<>();
    events.subscribe(
        event -> {
          throw new IllegalStateException("broken subscriber");
        });
    events.subscribe(seen::add);

    events.publish(EVENT);

    assertThat(seen).containsExactly(EVENT);
    assertThat(failures).hasSize(1);
  }

  @Test
  void publish_oneSubscriberLacksMemory_othersStillReceive_andThePublisherGoesOn() {
    StreamEvents events = newEvents();
    List<StreamEvent> seen = new ArrayList<>();
    events.subscribe(
        event -> {
          throw new OutOfMemoryError("Cannot reserve 65536 bytes of direct buffer memory");
        });
    events.subscribe(seen::add);

    events.publish(EVENT);

    assertThat(seen).containsExactly(EVENT);
    assertThat(failures).hasSize(1).first().isInstanceOf(OutOfMemoryError.class);
  }

  @Test
  void subscriber_thatComesLater_doesNotSeeWhatWas() {
    StreamEvents events = newEvents();
    List<StreamEvent> seen = new ArrayList<>();
    events.publish(EVENT);

    events.subscribe(seen::add);

    assertThat(seen).isEmpty();
  }

  @Test
  void close_subscription_endsDelivery() {
    StreamEvents events = newEvents();
    List<StreamEvent> seen = new ArrayList<>();
    Subscription subscription = events.subscribe(seen::add);
    subscription.close();
    subscription.close();

    events.publish(EVENT);

    assertThat(seen).isEmpty();
  }
}
