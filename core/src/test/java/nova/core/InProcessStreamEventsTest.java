package nova.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import nova.core.StreamEvent.StreamEnded;
import nova.core.StreamEvents.Subscription;
import org.junit.jupiter.api.Test;

class InProcessStreamEventsTest {
  private static final StreamEvent EVENT =
      new StreamEnded(
          new StreamId("abcd"), Instant.EPOCH, "the broadcaster stopped", StreamHealth.NOTHING);

  private final List<RuntimeException> failures = new ArrayList<>();
  private final InProcessStreamEvents events =
      new InProcessStreamEvents((event, failure) -> failures.add(failure));

  @Test
  void publish_oneSubscriberThrows_othersStillReceive() {
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
  void close_subscription_endsDelivery() {
    List<StreamEvent> seen = new ArrayList<>();
    Subscription subscription = events.subscribe(seen::add);
    subscription.close();
    subscription.close();

    events.publish(EVENT);

    assertThat(seen).isEmpty();
  }
}
