package nova.ingest.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import nova.core.ChannelSlug;
import nova.core.DataSize;
import nova.core.InProcessStreamEvents;
import nova.core.StreamEvent;
import nova.core.StreamEvent.StreamEnded;
import nova.core.StreamEvent.StreamError;
import nova.core.StreamEvent.StreamRecovering;
import nova.core.StreamEvent.StreamResumed;
import nova.core.StreamEvent.StreamStarted;
import nova.core.StreamId;
import nova.core.StreamKeyId;
import nova.framelog.FrameLogConfig;
import nova.framelog.InProcessFrameLog;
import nova.ingest.AwayLog;
import nova.ingest.chunk.RtmpLimits;
import nova.ingest.publish.StreamGrant.Release;
import nova.testkit.FakeClock;
import org.junit.jupiter.api.Test;

/// Who holds a stream when much happens at once. Encoders let go when the test says so.
class LiveStreamsTest {
  private static final StreamKeyId FIRST = StreamKeyId.random();
  private static final StreamKeyId SECOND = StreamKeyId.random();
  private static final String REVOKED = "The stream key was revoked.";

  private final List<StreamEvent> events = new ArrayList<>();
  private final FakeClock clock = new FakeClock();
  private final AwayLog way = new AwayLog();
  private final Deque<Runnable> openings = new ArrayDeque<>();
  private final LiveStreams streams = streams();
  private boolean logsOpenLater;

  @Test
  void droppedKey_endsWhatIsPublishedWithIt_andNothingElse() {
    Encoder encoder = open("show", FIRST);
    Encoder other = open("other", SECOND);
    streams.dropKey(FIRST, REVOKED);
    assertThat(encoder.told).containsExactly("stream-stopped: " + REVOKED);
    encoder.letGo();
    assertThat(events).last().isInstanceOf(StreamEnded.class);
    assertThat(other.told).isEmpty();
  }

  @Test
  void droppedKey_endsAStreamWhoseBroadcasterIsAwaited() {
    Encoder encoder = open("show", FIRST);
    encoder.begin();
    encoder.release(new Release.Lost("Lost."));
    streams.dropKey(SECOND, REVOKED);
    assertThat(events).noneMatch(StreamEnded.class::isInstance);
    streams.dropKey(FIRST, REVOKED);
    assertThat(events).last().isInstanceOf(StreamEnded.class);
  }

  @Test
  void droppedKey_refusesWhoWaitsToTakeOverWithIt_andTheHolderStays() {
    Encoder holder = open("show", FIRST);
    holder.begin();
    Encoder waiting = open("show", SECOND);
    streams.dropKey(SECOND, REVOKED);
    assertThat(waiting.told).containsExactly("stream-stopped: " + REVOKED);
    assertThat(holder.told).singleElement().asString().startsWith("taken-over: ");
    holder.letGo();
    assertThat(waiting.grant).isNull();
    assertThat(events).noneMatch(StreamResumed.class::isInstance);
  }

  @Test
  void droppedKeyOfAHolderWhoLetsGo_leavesTheStreamToWhoTakesOver() {
    Encoder holder = open("show", FIRST);
    holder.begin();
    Encoder waiting = open("show", SECOND);
    streams.dropKey(FIRST, REVOKED);
    holder.letGo();
    assertThat(waiting.grant).isNotNull();
    assertThat(waiting.told).isEmpty();
    streams.dropKey(FIRST, REVOKED);
    assertThat(waiting.told).as("the key of before").isEmpty();
    streams.dropKey(SECOND, REVOKED);
    assertThat(waiting.told).hasSize(1);
  }

  @Test
  void streamThatFails_isLeftByItsHolder_andWhoWaitsBeginsAnother() {
    Encoder holder = open("show", FIRST);
    holder.begin();
    Encoder waiting = open("show", SECOND);
    StreamId failed = events.getFirst().stream();
    streams.onEvent(new StreamError(failed, new FakeClock().instant(), "x", Optional.empty()));
    holder.letGo();
    assertThat(waiting.grant).isNotNull();
    assertThat(events.getLast())
        .isInstanceOfSatisfying(
            StreamStarted.class, e -> assertThat(e.stream()).isNotEqualTo(failed));
  }

  @Test
  void streamThatIsStopped_whileItIsTakenOver_isOver_andWhoComesLaterBeginsAnother() {
    Encoder holder = open("show", FIRST);
    holder.begin();
    Encoder waiting = open("show", SECOND);
    StreamId stopped = events.getFirst().stream();
    var _ = streams.stop(stopped, "Enough.");
    assertThat(waiting.told).containsExactly("stream-stopped: Enough.");
    Encoder later = open("show", SECOND);
    holder.letGo();
    assertThat(events).anyMatch(StreamEnded.class::isInstance);
    assertThat(events).noneMatch(StreamResumed.class::isInstance);
    assertThat(later.grant).isNotNull();
  }

  @Test
  void droppedKey_refusesWhoWaitsForItsLog_andNoStreamBegins() {
    logsOpenLater = true;
    Encoder encoder = open("show", FIRST);
    streams.dropKey(FIRST, REVOKED);
    assertThat(encoder.told).containsExactly("stream-stopped: " + REVOKED);
    openLogs();
    assertThat(encoder.grant).isNull();
    assertThat(events).isEmpty();
  }

  @Test
  void newcomer_isPreferredToWhoWaitsForTheLog() {
    logsOpenLater = true;
    Encoder encoder = open("show", FIRST);
    Encoder newcomer = open("show", SECOND);
    assertThat(encoder.told).singleElement().asString().startsWith("taken-over: ");
    openLogs();
    assertThat(encoder.grant).isNull();
    assertThat(newcomer.grant).isNotNull();
    assertThat(events).singleElement().isInstanceOf(StreamStarted.class);
  }

  @Test
  void close_refusesWhoWaitsForItsLog_andIsOver() {
    logsOpenLater = true;
    Encoder encoder = open("show", FIRST);
    assertThat(streams.close("Bye.")).isCompleted();
    assertThat(encoder.told).containsExactly("stream-stopped: Bye.");
    openLogs();
    assertThat(events).isEmpty();
  }

  @Test
  void streamThatFails_whileItsLogIsOpenedAnew_letsWhoReturnedBeginAnother() {
    returnToALogThatIsOpenedAnew(FIRST);
    StreamId failed = events.getFirst().stream();
    streams.onEvent(new StreamError(failed, new FakeClock().instant(), "x", Optional.empty()));
    openLogs();
    assertThat(events.getLast())
        .isInstanceOfSatisfying(
            StreamStarted.class, e -> assertThat(e.stream()).isNotEqualTo(failed));
  }

  @Test
  void droppedKey_ofWhoReturnsToALogThatIsOpenedAnew_leavesTheStreamToWhoHasAnother() {
    Encoder returning = returnToALogThatIsOpenedAnew(SECOND);
    streams.dropKey(FIRST, REVOKED);
    assertThat(returning.told).as("it has another key").isEmpty();
    streams.dropKey(SECOND, REVOKED);
    openLogs();
    assertThat(returning.told).containsExactly("stream-stopped: " + REVOKED);
    assertThat(returning.grant).isNull();
    Encoder later = open("show", FIRST);
    openLogs();
    assertThat(later.grant).isNotNull();
    assertThat(events.getLast()).isInstanceOf(StreamResumed.class);
  }

  @Test
  void whoTakesOverAStreamWhoseLogStaysAway_isToldSo_andTheStreamWaits() {
    Encoder holder = open("show", FIRST);
    holder.begin();
    Encoder newcomer = open("show", SECOND);
    way.goAway();
    holder.failToWrite();
    holder.letGo();
    assertThat(newcomer.told).containsExactly("log-unavailable: " + AwayLog.SENTENCE);
    assertThat(events.getLast()).isInstanceOf(StreamRecovering.class);
  }

  @Test
  void whoComes_whileTheLogIsStillOpenedForWhoWasDismissed_getsIt() {
    returnToALogThatIsOpenedAnew(SECOND);
    streams.dropKey(SECOND, REVOKED);
    Encoder later = open("show", FIRST);
    assertThat(openings).as("it is being opened already").hasSize(1);
    openLogs();
    assertThat(later.grant).isNotNull();
    assertThat(events.getLast()).isInstanceOf(StreamResumed.class);
  }

  /// A stream whose log was away when its broadcaster was lost, and who now waits for it.
  private Encoder returnToALogThatIsOpenedAnew(StreamKeyId key) {
    Encoder encoder = open("show", FIRST);
    encoder.begin();
    way.goAway();
    encoder.failToWrite();
    encoder.release(new Release.Lost("Lost."));
    way.comeBack();
    logsOpenLater = true;
    return open("show", key);
  }

  private void openLogs() {
    while (!openings.isEmpty()) {
      openings.removeFirst().run();
    }
  }

  private Encoder open(String channel, StreamKeyId key) {
    Encoder encoder = new Encoder(new ChannelSlug(channel), key);
    streams.open(encoder);
    return encoder;
  }

  private LiveStreams streams() {
    InProcessStreamEvents bus =
        new InProcessStreamEvents(
            (event, failure) -> {
              throw new AssertionError(event.toString(), failure);
            });
    bus.subscribe(events::add);
    return new LiveStreams(
        new ReturnPolicy(Duration.ofSeconds(30), 3, Duration.ofMinutes(1)),
        RtmpLimits.defaults(),
        way.over(
            new InProcessFrameLog(new FrameLogConfig(Duration.ofHours(1), DataSize.ofMiB(32)))),
        new LocalChannelClaims(),
        bus,
        new IngestMetrics() {},
        clock,
        new Random(1),
        new AtOnce(clock),
        opening -> {
          openings.add(opening);
          if (!logsOpenLater) {
            openLogs();
          }
        });
  }
}
