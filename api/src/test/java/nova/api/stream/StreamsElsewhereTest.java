package nova.api.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import nova.control.TestEvents;
import nova.control.TestServer;
import nova.control.audit.Actor;
import nova.control.database.TestDatabase;
import nova.control.stream.StreamMetadata;
import nova.core.ChannelSlug;
import nova.core.RenditionId;
import nova.core.StreamEvent;
import nova.core.StreamId;
import nova.core.StreamState;
import nova.testkit.FakeClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Streams of which a process hears too late, or not at all.
class StreamsElsewhereTest {
  private static final ChannelSlug SHOW = new ChannelSlug("show");
  private static final StreamId LIVE = new StreamId("live");

  @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

  private final FakeClock clock = new FakeClock();
  private final TestEvents its = new TestEvents(LIVE, clock);
  private final StreamDirectory directory = new StreamDirectory(clock, Duration.ofMinutes(10), 3);
  private TestServer ingest;
  private StreamsElsewhere elsewhere;

  @BeforeEach
  void open() {
    TestServer.empty(DATABASE.database());
    ingest = TestServer.on(DATABASE.database(), clock);
    elsewhere = new StreamsElsewhere(directory, ingest.streams(), clock);
    var _ = ingest.channel(SHOW);
  }

  @AfterEach
  void close() {
    ingest.close();
  }

  @Test
  void streamThatBeganBefore_isShown_andGoesOnByItsEvents() {
    var _ = ingest.streams().prepare(SHOW, StreamMetadata.NONE, Actor.SYSTEM);
    write(its.started(SHOW, Optional.empty()));
    clock.advance(Duration.ofSeconds(1));
    write(its.epoch(0));
    elsewhere.compare();
    StreamRecord shown = shown();
    assertThat(directory.all()).as("not what is prepared").containsExactly(shown);
    assertThat(shown.state()).isEqualTo(StreamState.ACTIVE);
    assertThat(shown.startedAt()).isEqualTo(clock.instant());
    assertThat(shown.tracks()).isEqualTo(TestEvents.TRACKS);
    assertThat(shown.health()).isNull();
    assertThat(shown.ladder()).as("chosen before").isNull();
    assertThat(directory.liveOf(SHOW)).contains(LIVE);

    directory.onEvent(its.measured(9));
    directory.onEvent(
        new StreamEvent.BitrateAdapted(LIVE, clock.instant(), "preset-superfast", "too slow"));
    assertThat(shown().health()).isEqualTo(TestEvents.health(9));
    assertThat(shown().ladder()).isNull();
    directory.onEvent(
        new StreamEvent.LadderChanged(
            LIVE, clock.instant(), false, true, List.of(new RenditionId("480p")), "changed"));
    assertThat(shown().ladder()).isNotNull();
    elsewhere.compare();
    assertThat(shown().health()).isEqualTo(TestEvents.health(9));
    assertThat(shown().ladder()).isNotNull();
    directory.onEvent(its.ended(10));
    elsewhere.compare();
    assertThat(shown().state()).as("before it is written").isEqualTo(StreamState.ENDED_GRACEFULLY);
  }

  @Test
  void streamWhoseEndWasNotHeard_isOver() {
    both(its.started(SHOW, Optional.empty()));
    both(its.epoch(0));
    write(its.ended(3));
    elsewhere.compare();
    assertThat(shown().state()).isEqualTo(StreamState.ENDED_GRACEFULLY);
    assertThat(shown().endedAt()).isEqualTo(clock.instant());
    assertThat(shown().endReason()).isEqualTo("The broadcaster said goodbye.");
    assertThat(directory.liveOf(SHOW)).isEmpty();
  }

  @Test
  void whatWasToldLately_isFresherThanTheRow_andElseTheRowIsRight() {
    both(its.started(SHOW, Optional.empty()));
    both(its.epoch(0));
    directory.onEvent(its.recovering());
    elsewhere.compare();
    assertThat(shown().state()).isEqualTo(StreamState.RECONNECTING);
    for (int second = 0; second < 11; second++) { // and that it is back was not heard
      clock.advance(Duration.ofSeconds(1));
      directory.onEvent(its.measured(second));
    }
    elsewhere.compare();
    assertThat(shown().state()).isEqualTo(StreamState.ACTIVE);
    assertThat(shown().graceUntil()).isNull();
    assertThat(shown().health()).isEqualTo(TestEvents.health(10));
    write(its.recovering());
    clock.advance(Duration.ofSeconds(11));
    elsewhere.compare();
    assertThat(shown().state()).isEqualTo(StreamState.RECONNECTING);
    assertThat(shown().graceUntil())
        .isEqualTo(clock.instant().minusSeconds(11).plus(TestEvents.GRACE));
  }

  @Test
  void streamThatIsNotWritten_isShownWhileItIsTold_andForgottenAMinuteAfter() {
    directory.onEvent(its.started(SHOW, Optional.empty()));
    clock.advance(Duration.ofSeconds(59));
    directory.onEvent(its.measured(1));
    clock.advance(Duration.ofSeconds(60));
    elsewhere.compare();
    assertThat(directory.live()).isEqualTo(1);
    clock.advance(Duration.ofSeconds(1));
    elsewhere.compare();
    assertThat(directory.all()).isEmpty();
    assertThat(directory.latestOf(SHOW)).isEmpty();
  }

  @Test
  void moreLiveStreamsThanRecords_areTheFirstOnes_andEndedOnesMakeRoom() {
    directory.onEvent(its.started(SHOW, Optional.empty()));
    directory.onEvent(its.ended(1));
    for (int i = 0; i < 4; i++) {
      ChannelSlug channel = new ChannelSlug("channel" + i);
      var _ = ingest.channel(channel);
      clock.advance(Duration.ofSeconds(1));
      write(new TestEvents(id(i), clock).started(channel, Optional.empty()));
    }
    elsewhere.compare();
    elsewhere.compare();
    assertThat(directory.all()).extracting(StreamRecord::id).containsExactly(id(2), id(1), id(0));
  }

  private static StreamId id(int number) {
    return new StreamId("stream" + number);
  }

  private StreamRecord shown() {
    return directory.find(LIVE).orElseThrow();
  }

  private void both(StreamEvent event) {
    directory.onEvent(event);
    write(event);
  }

  private void write(StreamEvent event) {
    ingest.journal().onEvent(event);
    await().atMost(Duration.ofSeconds(20)).until(() -> ingest.journal().backlog() == 0);
  }
}
