package nova.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import nova.core.Bytes;
import nova.core.InProcessStreamEvents;
import nova.core.RenditionId;
import nova.core.StreamEvent;
import nova.core.StreamEvent.QualitySwitched;
import nova.core.StreamEvent.ViewerJoined;
import nova.core.StreamEvent.ViewerLeft;
import nova.core.StreamId;
import nova.core.ViewerCount;
import nova.segments.InMemoryPosterStore;
import nova.segments.InMemorySegmentStore;
import nova.segments.InMemoryTimelineStore;
import nova.segments.SegmentStoreConfig;
import nova.segments.StoredMedia;
import nova.testkit.FakeClock;
import org.junit.jupiter.api.Test;

class ViewerSessionsTest {
  private static final StreamId STREAM = new StreamId("abcd2345efgh6789");
  private static final StreamId OTHER = new StreamId("other2345efgh678");
  private static final RenditionId HIGH = new RenditionId("1080p");
  private static final RenditionId LOW = new RenditionId("480p");
  private static final int CAPACITY = 3;

  private boolean emptied; // the registry, so that all seem new to it

  private final FakeClock clock = new FakeClock();
  private final CountingMetrics metrics = new CountingMetrics();
  private final InProcessViewerRegistry kept =
      new InProcessViewerRegistry(clock, clock::nanoTime, RandomGenerator.getDefault());
  private final List<Map<StreamId, List<ViewerId>>> told = new ArrayList<>();
  private final List<StreamEvent> events = new ArrayList<>();
  private final InProcessStreamEvents bus =
      new InProcessStreamEvents(
          (_, failure) -> {
            throw new AssertionError(failure);
          });
  private final ViewerSessions sessions =
      new ViewerSessions(
          new DeliveryConfig(Duration.ofSeconds(10), 64, 64, Duration.ofSeconds(30), 10, CAPACITY),
          new DeliveryPorts(
              new StoredMedia(
                  new InMemorySegmentStore(SegmentStoreConfig.defaults()),
                  new InMemoryPosterStore()),
              new InMemoryTimelineStore(
                  (_, failure) -> {
                    throw new AssertionError(failure);
                  }),
              PlaybackGate.OPEN,
              new ViewerRegistry() {
                @Override
                public void seen(
                    Map<StreamId, List<ViewerId>> viewers, Consumer<ViewerChange> changes) {
                  told.add(viewers);
                  kept.seen(viewers, changes);
                  if (emptied) {
                    viewers.forEach(
                        (stream, all) ->
                            all.forEach(
                                viewer -> changes.accept(new ViewerChange.Came(stream, viewer))));
                  }
                }

                @Override
                public Bytes salt() {
                  return kept.salt();
                }
              },
              bus,
              metrics,
              clock,
              clock::nanoTime));

  ViewerSessionsTest() {
    bus.subscribe(events::add);
  }

  private void plays(String session, RenditionId picture) {
    sessions.seen(
        STREAM, Optional.of(picture), new CmcdSession.Named(session), "192.0.2.1", "player/1.0");
    clock.advance(Duration.ofMillis(1)); // it is told of after that
  }

  private void asks(StreamId stream, String address) {
    sessions.seen(stream, Optional.empty(), CmcdSession.ABSENT, address, "player/1.0");
  }

  @Test
  void viewers_areToldApart_byTheirSession_orTheirAddressAndPlayer() {
    asks(STREAM, "192.0.2.1");
    asks(STREAM, "192.0.2.1");
    sessions.seen(STREAM, Optional.empty(), CmcdSession.ABSENT, "192.0.2.1", "another player");
    sessions.seen(STREAM, Optional.empty(), new CmcdSession.Named("s"), "192.0.2.1", "player/1.0");
    sessions.seen(STREAM, Optional.empty(), new CmcdSession.Named("s"), "192.0.2.2", "");
    sessions.tell();

    assertThat(kept.count(STREAM)).isEqualTo(new ViewerCount(1, 2));
    assertThat(sessions.identified()).isEqualTo(1);
    assertThat(sessions.estimated()).isEqualTo(2);
  }

  @Test
  void viewerOfTwoStreams_hasNothingInCommonWithItself() {
    asks(STREAM, "192.0.2.1");
    asks(OTHER, "192.0.2.1");
    sessions.tell();

    assertThat(told.getFirst().getOrDefault(STREAM, List.of())).hasSize(1);
    assertThat(told.getFirst().get(OTHER))
        .hasSize(1)
        .doesNotContainAnyElementsOf(told.getFirst().getOrDefault(STREAM, List.of()));
  }

  @Test
  void whatIsMalformed_isCounted_andTheViewerEstimated() {
    sessions.seen(STREAM, Optional.empty(), CmcdSession.MALFORMED, "192.0.2.1", "player/1.0");
    asks(STREAM, "192.0.2.1");

    assertThat(metrics.count("malformed cmcd")).isEqualTo(1);
    assertThat(sessions.identified()).isZero();
    assertThat(sessions.estimated()).isEqualTo(1);
  }

  @Test
  void viewerWhoKeepsAsking_isToldOfEveryTenSeconds_andKeptAllTheTime() {
    for (int second = 0; second < 60; second++) {
      if (second % 6 == 0) {
        asks(STREAM, "192.0.2.1");
      }
      sessions.tell();
      assertThat(kept.count(STREAM).total()).as("after %d s", second).isEqualTo(1);
      clock.advance(Duration.ofSeconds(1));
    }
    assertThat(told.stream().filter(viewers -> !viewers.isEmpty())).hasSizeBetween(5, 6);
  }

  @Test
  void viewerWhoAsksNoMore_isGoneAfterTwentyToThirtySeconds() {
    asks(STREAM, "192.0.2.1");
    sessions.tell();
    clock.advance(Duration.ofSeconds(1));
    asks(STREAM, "192.0.2.1");
    for (int second = 1; second < 20; second++) {
      clock.advance(Duration.ofSeconds(1));
      sessions.tell();
      assertThat(kept.count(STREAM).total()).as("after %d s", second).isEqualTo(1);
    }
    for (int second = 20; second <= 30; second++) {
      clock.advance(Duration.ofSeconds(1));
      sessions.tell();
    }
    assertThat(kept.count(STREAM)).isEqualTo(ViewerCount.NONE);
    assertThat(sessions.estimated()).isZero();
  }

  @Test
  void viewersBeyondTheCapacity_areNotCounted_untilOthersLeft() {
    for (int i = 0; i < CAPACITY; i++) {
      asks(STREAM, "192.0.2." + i);
    }
    sessions.tell();
    asks(STREAM, "192.0.2.99");
    asks(STREAM, "192.0.2.0");
    assertThat(sessions.estimated()).isEqualTo(CAPACITY);
    assertThat(metrics.count("viewer not counted")).isEqualTo(1);

    clock.advance(Duration.ofSeconds(30));
    sessions.tell();
    asks(STREAM, "192.0.2.99");
    sessions.tell();

    assertThat(sessions.estimated()).isEqualTo(1);
    assertThat(kept.count(STREAM).total()).isEqualTo(1);
  }

  @Test
  void viewerWhoWatchesOverMidnight_isCountedOnce_andWhoComesAfterIsHashedAnew() {
    clock.advance(Duration.ofHours(8).minusSeconds(5)); // it was 16:00
    sessions.tell();
    asks(STREAM, "192.0.2.1");
    sessions.tell();
    ViewerId before = told.getLast().getOrDefault(STREAM, List.of()).getFirst();
    for (int second = 0; second < 40; second++) {
      clock.advance(Duration.ofSeconds(1));
      asks(STREAM, "192.0.2.1");
      sessions.tell();
      assertThat(kept.count(STREAM).total()).isEqualTo(1);
    }

    clock.advance(Duration.ofSeconds(30));
    sessions.tell();
    asks(STREAM, "192.0.2.1");
    sessions.tell();
    assertThat(told.getLast().get(STREAM)).hasSize(1).doesNotContain(before);
  }

  @Test
  void whoWatches_isToldToJoinOnce_andToLeave_withTheTime() {
    for (int second = 0; second <= 60; second++) {
      if (second % 6 == 0) {
        plays("s", HIGH);
      }
      sessions.tell();
      clock.advance(Duration.ofSeconds(1));
    }
    assertThat(events).hasSize(1);
    ViewerJoined joined = (ViewerJoined) events.getFirst();
    assertThat(joined.stream()).isEqualTo(STREAM);
    assertThat(joined.identified()).isTrue();
    assertThat(joined.viewer()).matches("i[0-9a-f]{16}").doesNotContain("192");

    for (int second = 0; second < 30; second++) {
      sessions.tell();
      clock.advance(Duration.ofSeconds(1));
    }
    assertThat(events).hasSize(2);
    ViewerLeft left = (ViewerLeft) events.getLast();
    assertThat(left.viewer()).isEqualTo(joined.viewer());
    assertThat(left.identified()).isTrue();
    assertThat(left.watched()).isBetween(Duration.ofSeconds(50), Duration.ofSeconds(61));
  }

  @Test
  void whoPausesForHalfAMinute_leaves_andJoinsAgain() {
    plays("s", HIGH);
    sessions.tell();
    for (int second = 0; second < 25; second++) {
      clock.advance(Duration.ofSeconds(1));
      sessions.tell();
    }
    plays("s", HIGH);
    sessions.tell();

    assertThat(events)
        .hasExactlyElementsOfTypes(ViewerJoined.class, ViewerLeft.class, ViewerJoined.class);
  }

  @Test
  void choiceOfAnotherRendition_isTold_onceASecond_andOnlyOfWhoIsIdentified() {
    plays("s", HIGH);
    sessions.tell();
    plays("s", HIGH);
    sessions.tell();
    plays("s", LOW);
    plays("s", HIGH);
    plays("s", LOW);
    sessions.seen(STREAM, Optional.empty(), new CmcdSession.Named("s"), "192.0.2.1", "p"); // sound
    sessions.seen(STREAM, Optional.of(HIGH), CmcdSession.ABSENT, "192.0.2.1", "p");
    sessions.tell();
    sessions.seen(STREAM, Optional.of(LOW), CmcdSession.ABSENT, "192.0.2.1", "p");
    plays("s", HIGH);
    plays("s", LOW);
    sessions.tell();

    ViewerJoined joined = (ViewerJoined) events.getFirst();
    assertThat(events.stream().filter(QualitySwitched.class::isInstance))
        .containsExactly(
            new QualitySwitched(STREAM, events.get(1).at(), joined.viewer(), HIGH, LOW));
  }

  @Test
  void registryThatWasEmptied_makesNobodyJoinAgain() {
    plays("s", HIGH);
    sessions.tell();
    clock.advance(Duration.ofSeconds(10));
    plays("s", HIGH);
    emptied = true;
    sessions.tell();

    assertThat(told.getLast()).containsKey(STREAM);
    assertThat(events).hasExactlyElementsOfTypes(ViewerJoined.class);
  }
}
