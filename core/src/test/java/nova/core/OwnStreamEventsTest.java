package nova.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import nova.core.StreamEvent.StreamStopRequested;
import nova.core.StreamEvents.Subscription;
import org.junit.jupiter.api.Test;

class OwnStreamEventsTest {
  private final List<String> heard = new ArrayList<>();
  private final InProcessStreamEvents all =
      new InProcessStreamEvents((event, _) -> heard.add("all failed " + event.stream()));
  private final OwnStreamEvents events =
      new OwnStreamEvents(all, (event, _) -> heard.add("own failed " + event.stream()));

  @Test
  void ownEvents_areHeardFirst_andThoseOfOthersOnlyByWhoHearsAll() {
    Subscription _ = events.subscribe(event -> heard.add("all " + event.stream()));
    Subscription own = events.own().subscribe(event -> heard.add("own " + event.stream()));
    events.publish(event("mine"));
    events.own().publish(event("also"));
    all.publish(event("other"));
    assertThat(heard).containsExactly("own mine", "all mine", "own also", "all also", "all other");
    heard.clear();
    own.close();
    events.publish(event("mine"));
    assertThat(heard).containsExactly("all mine");
  }

  @Test
  void subscriberThatThrows_isReported_andAllHearTheEvent() {
    Subscription _ = events.subscribe(event -> heard.add("all " + event.stream()));
    Subscription _ =
        events
            .own()
            .subscribe(
                _ -> {
                  throw new IllegalStateException("no");
                });
    events.publish(event("mine"));
    assertThat(heard).containsExactly("own failed mine", "all mine");
  }

  private static StreamEvent event(String stream) {
    return new StreamStopRequested(new StreamId(stream), Instant.EPOCH, "Enough.");
  }
}
