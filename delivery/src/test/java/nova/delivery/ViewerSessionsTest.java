package nova.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import nova.core.Bytes;
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
  private static final int CAPACITY = 3;

  private final FakeClock clock = new FakeClock();
  private final CountingMetrics metrics = new CountingMetrics();
  private final InProcessViewerRegistry kept =
      new InProcessViewerRegistry(clock, clock::nanoTime, RandomGenerator.getDefault());
  private final List<Map<StreamId, List<ViewerId>>> told = new ArrayList<>();
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
                public void seen(Map<StreamId, List<ViewerId>> viewers) {
                  told.add(viewers);
                  kept.seen(viewers);
                }

                @Override
                public Bytes salt() {
                  return kept.salt();
                }
              },
              metrics,
              clock,
              clock::nanoTime));

  private void asks(StreamId stream, String address) {
    sessions.seen(stream, CmcdSession.ABSENT, address, "player/1.0");
  }

  @Test
  void viewers_areToldApart_byTheirSession_orTheirAddressAndPlayer() {
    asks(STREAM, "192.0.2.1");
    asks(STREAM, "192.0.2.1");
    sessions.seen(STREAM, CmcdSession.ABSENT, "192.0.2.1", "another player");
    sessions.seen(STREAM, new CmcdSession.Named("s"), "192.0.2.1", "player/1.0");
    sessions.seen(STREAM, new CmcdSession.Named("s"), "192.0.2.2", "");
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
    sessions.seen(STREAM, CmcdSession.MALFORMED, "192.0.2.1", "player/1.0");
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
}
