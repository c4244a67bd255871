package nova.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import nova.core.InProcessStreamEvents;
import nova.core.StreamEvent;
import nova.core.StreamEvent.ViewerJoined;
import nova.core.StreamId;
import org.junit.jupiter.api.Test;

class ViewerEventsTest {
  private final CountingMetrics metrics = new CountingMetrics();
  private final List<StreamEvent> published = new ArrayList<>();
  private final InProcessStreamEvents bus =
      new InProcessStreamEvents(
          (_, failure) -> {
            throw new AssertionError(failure);
          });
  private final ViewerEvents events = new ViewerEvents(bus, metrics);

  @Test
  void crowd_isToldOfBitByBit_andWhatIsTooMuchIsDroppedAndCounted() {
    bus.subscribe(published::add);
    for (int i = 0; i < 10_003; i++) {
      events.add(
          new ViewerJoined(
              new StreamId("abcd2345efgh6789"), Instant.EPOCH, Integer.toString(i), false));
    }
    assertThat(metrics.count("viewer event dropped")).isEqualTo(3);

    events.publish();
    assertThat(published).hasSize(1_000);
    for (int second = 1; second < 10; second++) {
      events.publish();
    }
    events.publish();
    assertThat(published.stream().map(event -> ((ViewerJoined) event).viewer()))
        .hasSize(10_000)
        .startsWith("0", "1")
        .endsWith("9999");
  }
}
