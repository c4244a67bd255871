package nova.backends.assignment;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import nova.backends.redis.AnnouncedStream;
import nova.core.ChannelSlug;
import nova.core.StreamEvent.StreamEnded;
import nova.core.StreamHealth;
import nova.core.StreamId;
import nova.segments.InMemoryTimelineStore;
import nova.segments.TimelineSnapshot;
import nova.segments.TimelineSnapshot.TimelineState;
import nova.testkit.FakeClock;
import org.junit.jupiter.api.Test;

class WantedStreamsTest {
  private static final Instant NOON = Instant.parse("2026-11-01T12:00:00Z");
  private static final ChannelSlug CHANNEL = new ChannelSlug("live");
  private static final AnnouncedStream OLD = stream("zebra", NOON);
  private static final AnnouncedStream YOUNG = stream("alpaca", NOON.plusSeconds(1));

  private final FakeClock clock = new FakeClock();
  private final EndedStreams ended = new EndedStreams();
  private final InMemoryTimelineStore timelines =
      new InMemoryTimelineStore(
          (_, failure) -> {
            throw new AssertionError(failure);
          });
  private final WantedStreams wanted = new WantedStreams(timelines, ended, clock::nanoTime);

  private List<AnnouncedStream> wanted(AnnouncedStream... announced) {
    return wanted.of(List.of(announced), Set.of());
  }

  private static AnnouncedStream stream(String id, Instant startedAt) {
    return new AnnouncedStream(new StreamId(id), CHANNEL, startedAt);
  }

  private void end(AnnouncedStream stream) {
    ended.add(new StreamEnded(stream.stream(), NOON, "over", StreamHealth.NOTHING));
  }

  private void put(AnnouncedStream stream, long version, Optional<Instant> endedAt) {
    boolean _ =
        timelines.put(
            new TimelineSnapshot(
                stream.stream(),
                CHANNEL,
                version,
                endedAt.isPresent() ? TimelineState.ENDED : TimelineState.LIVE,
                stream.startedAt(),
                endedAt,
                List.of()));
  }

  @Test
  void streamsThatAreReceived_areWanted_theOldestFirst() {
    assertThat(wanted(YOUNG, OLD)).containsExactly(OLD, YOUNG);
  }

  @Test
  void streamThatIsOver_isNotWanted_whoeverStillAnnouncesIt() {
    end(OLD);
    put(YOUNG, 1, Optional.of(NOON));

    assertThat(wanted(OLD, YOUNG)).isEmpty();
  }

  @Test
  void streamThatJustStarted_isWanted_untilItsAnnouncementIsOverdue() {
    wanted.started(OLD);

    assertThat(wanted()).containsExactly(OLD);
    clock.advance(Duration.ofSeconds(4));
    assertThat(wanted()).isEmpty();
  }

  @Test
  void streamThatIsOver_isWanted_untilItsTimelineSaysSoToo() {
    put(OLD, 1, Optional.empty());
    end(OLD);

    assertThat(wanted()).containsExactly(OLD);
    assertThat(wanted.isAbandoned(OLD.stream())).isFalse();
    put(OLD, 2, Optional.of(NOON));
    assertThat(wanted()).isEmpty();
  }

  @Test
  void streamThatNobodyReceivesAnyMore_isWanted_afterAMinuteWithoutABreak() {
    put(OLD, 1, Optional.empty());
    assertThat(wanted()).isEmpty();
    clock.advance(Duration.ofSeconds(59));
    assertThat(wanted(OLD)).containsExactly(OLD); // it is received again
    assertThat(wanted()).isEmpty();
    clock.advance(Duration.ofSeconds(59));
    wanted.forget(); // Redis did not answer
    assertThat(wanted()).isEmpty();
    clock.advance(Duration.ofSeconds(59));
    assertThat(wanted()).isEmpty();
    assertThat(wanted.isAbandoned(OLD.stream())).isFalse();

    clock.advance(Duration.ofSeconds(1));
    assertThat(wanted()).containsExactly(OLD);
    assertThat(wanted.isAbandoned(OLD.stream())).isTrue();
  }

  @Test
  void streamThatIsCarried_withoutATimeline_isAbandonedToo_onceNobodyReceivesIt() {
    Set<StreamId> carried = Set.of(OLD.stream());
    assertThat(wanted.of(List.of(OLD), carried)).containsExactly(OLD);
    assertThat(wanted.of(List.of(), carried)).isEmpty();
    clock.advance(Duration.ofSeconds(59));
    assertThat(wanted.isAbandoned(OLD.stream())).isFalse();

    clock.advance(Duration.ofSeconds(1));

    assertThat(wanted.isAbandoned(OLD.stream())).isTrue();
    end(OLD);
    assertThat(wanted.isAbandoned(OLD.stream())).as("said once").isFalse();
  }
}
