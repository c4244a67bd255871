package nova.ingest.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
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
import nova.core.StreamEvent.StreamMoved;
import nova.core.StreamEvent.StreamRecovering;
import nova.core.StreamEvent.StreamResumed;
import nova.core.StreamEvent.StreamStarted;
import nova.core.StreamHealth;
import nova.core.StreamId;
import nova.core.StreamKeyId;
import nova.core.StreamState;
import nova.framelog.FrameLogConfig;
import nova.framelog.InProcessFrameLog;
import nova.ingest.chunk.RtmpLimits;
import nova.ingest.publish.StreamGrant.Release;
import nova.testkit.FakeClock;
import org.junit.jupiter.api.Test;

/// Streams that move between two servers. Encoders let go when the test says so.
class SharedChannelsTest {
  private static final ChannelSlug SHOW = new ChannelSlug("show");
  private static final StreamKeyId KEY = StreamKeyId.random();
  private static final Duration GRACE = Duration.ofSeconds(30);
  private static final StreamHealth HEALTH =
      new StreamHealth(3_000_000, 128_000, 30, 2_000, 5_000, 60, 1, 2, List.of("set 2 s"));

  private final List<StreamEvent> events = new ArrayList<>();
  private final FakeClock clock = new FakeClock();
  private final MemoryClaims claims = new MemoryClaims(clock);
  private final InProcessFrameLog frameLog =
      new InProcessFrameLog(new FrameLogConfig(Duration.ofHours(1), DataSize.ofMiB(32)));
  private final Deque<Runnable> openings = new ArrayDeque<>();
  private final Node here = new Node("here");
  private final Node there = new Node("there");
  private boolean logsOpenLater;

  @Test
  void streamThatIsTakenOverElsewhere_goesOnThere_andNothingIsSaidOfItsEnd() {
    Encoder holder = begun(here);
    StreamId stream = stream();
    Encoder newcomer = there.open("192.0.2.9");
    assertThat(holder.told)
        .containsExactly("taken-over: " + StreamSentences.takenOver("192.0.2.9"));
    assertThat(newcomer.grant).as("before the holder let go").isNull();
    holder.letGo();
    assertThat(newcomer.stream()).isEqualTo(stream);
    assertThat(events.get(events.size() - 2))
        .isEqualTo(new StreamMoved(stream, clock.instant(), SHOW, 2));
    assertThat(events.getLast())
        .isInstanceOfSatisfying(StreamResumed.class, e -> assertThat(e.key()).contains(KEY));
    assertThat(here.isEmpty()).isTrue();
    assertNotOver();
    newcomer.release(new Release.Finished("Goodbye."));
    assertThat(events.getLast()).isInstanceOf(StreamEnded.class);
    Encoder next = here.open("192.0.2.9");
    assertThat(next.stream()).isNotEqualTo(stream);
  }

  @Test
  void takeovers_areCountedOverAllServers() {
    Encoder holder = begun(here);
    for (int i = 0; i < 3; i++) {
      Encoder newcomer = (i % 2 == 0 ? there : here).open("192.0.2.9");
      holder.letGo();
      newcomer.begin();
      holder = newcomer;
    }
    Encoder fourth = here.open("192.0.2.9");
    assertThat(fourth.told)
        .containsExactly("too-many-takeovers: " + StreamSentences.tooManyTakeovers(3));
    assertThat(holder.told).isEmpty();
  }

  @Test
  void whoWaitsForAStream_isRefused_whenAnotherComesAtAThirdServer() {
    Encoder holder = begun(here);
    Encoder waiting = there.open("192.0.2.8");
    Encoder later = new Node("third").open("192.0.2.9");
    assertThat(waiting.told).containsExactly("taken-over: " + StreamSentences.CAME_AFTER);
    holder.letGo();
    assertThat(later.grant).isNotNull();
  }

  @Test
  void whoComesHere_whileTheStreamIsBeingLetGo_takesItBack() {
    Encoder holder = begun(here);
    Encoder there1 = there.open("192.0.2.8");
    Encoder back = here.open("192.0.2.9");
    holder.letGo();
    assertThat(there1.told)
        .containsExactly("taken-over: " + StreamSentences.takenOver("192.0.2.9"));
    there1.letGo();
    assertThat(back.grant).isNotNull();
    assertNotOver();
  }

  @Test
  void broadcasterThatIsAwaited_mayReturnElsewhere() {
    Encoder encoder = begun(here);
    encoder.release(new Release.Lost("Lost."));
    clock.advance(Duration.ofSeconds(20));
    Encoder back = there.open("192.0.2.7");
    assertThat(back.grant).isNotNull();
    assertThat(events.getLast()).isInstanceOf(StreamResumed.class);
    assertThat(here.isEmpty()).isTrue();
    clock.advance(GRACE);
    here.thread.runDue();
    there.thread.runDue();
    assertNotOver();
  }

  @Test
  void streamWithoutMedia_isOver_whenItIsTakenOverElsewhere() {
    Encoder holder = here.open("192.0.2.7");
    StreamId first = stream();
    Encoder newcomer = there.open("192.0.2.9");
    holder.letGo();
    assertThat(newcomer.stream()).isNotEqualTo(first);
    assertThat(events)
        .anyMatch(event -> event instanceof StreamError error && error.stream().equals(first));
    assertThat(events.getLast()).isInstanceOf(StreamStarted.class);
  }

  @Test
  void whoWaitsForItsLog_makesWayForWhoComesElsewhere_whenThatIsOpen() {
    begun(here).release(new Release.Lost("Lost."));
    logsOpenLater = true;
    Encoder first = there.open("192.0.2.8");
    Encoder second = here.open("192.0.2.9");
    assertThat(first.told).containsExactly("taken-over: " + StreamSentences.CAME_AFTER);
    assertThat(openings).as("not before, or its fence could come late").hasSize(1);
    openLogs();
    assertThat(first.grant).isNull();
    assertThat(second.grant).isNotNull();
  }

  @Test
  void whoComesHere_afterWhoComesElsewhere_butBeforeTheLogIsOpen_takesItBack() {
    begun(here).release(new Release.Lost("Lost."));
    logsOpenLater = true;
    Encoder _ = there.open("192.0.2.8");
    Encoder second = here.open("192.0.2.9");
    Encoder third = there.open("192.0.2.10");
    logsOpenLater = false;
    openLogs();
    second.letGo();
    assertThat(third.grant).isNotNull();
    assertNotOver();
  }

  @Test
  void claimsThatAreAway_letNobodyBegin_andLeaveStreamsAlone() {
    Encoder holder = begun(here);
    claims.goAway();
    Encoder other = new Encoder(new ChannelSlug("other"), KEY);
    here.streams.open(other);
    assertThat(other.told).containsExactly("claims-unavailable: " + StreamSentences.UNCLAIMED);
    Encoder newcomer = here.open("192.0.2.9");
    holder.letGo();
    assertThat(newcomer.grant).as("the channel is here").isNotNull();
    claims.comeBack();
    here.streams.open(other);
    assertThat(other.grant).isNotNull();
  }

  @Test
  void streamThatEnds_whileClaimsAreAway_isNotAdopted_whenTheyAreBack() {
    Encoder holder = begun(here);
    claims.goAway();
    holder.release(new Release.Finished("Goodbye."));
    StreamId first = events.getLast().stream();
    claims.comeBack();
    Encoder next = here.open("192.0.2.7");
    assertThat(next.stream()).isNotEqualTo(first);
    next.release(new Release.Finished("Goodbye."));
    claims.goAway();
    Encoder last = here.open("192.0.2.7");
    assertThat(last.grant).isNull();
    claims.comeBack();
    here.adopt();
    claims.lose("here");
    there.adopt();
    assertThat(events).noneMatch(StreamRecovering.class::isInstance);
  }

  @Test
  void streamsOfAServerThatIsGone_areAdopted_andWaitForTheirBroadcasters() {
    Encoder encoder = begun(here);
    encoder.measure(HEALTH);
    StreamId stream = stream();
    claims.lose("here");
    Instant lost = clock.instant();
    there.adopt();
    assertThat(events.get(events.size() - 2)).isEqualTo(new StreamMoved(stream, lost, SHOW, 2));
    assertThat(events.getLast())
        .isEqualTo(
            new StreamRecovering(stream, lost, StreamSentences.SERVER_GONE, lost.plus(GRACE)));
    assertThat(claims.status(SHOW).state()).isEqualTo(StreamState.RECONNECTING);
    clock.advance(Duration.ofSeconds(29));
    there.thread.runDue();
    Encoder back = there.open("192.0.2.7");
    assertThat(back.stream()).isEqualTo(stream);
    back.begin();
    assertThat(claims.status(SHOW).lostAt()).isEmpty();
    back.release(new Release.Finished("Goodbye."));
    assertThat(events.getLast())
        .isInstanceOfSatisfying(
            StreamEnded.class,
            e -> {
              assertThat(e.health().receivedFrames()).as("of before").isEqualTo(60);
              assertThat(e.health().receivedBytes()).isEqualTo(5_000);
            });
  }

  @Test
  void adoptedStream_whoseBroadcasterDoesNotReturn_isOver_withItsLastHealth() {
    begun(here).measure(HEALTH);
    StreamId stream = stream();
    claims.lose("here");
    there.adopt();
    clock.advance(GRACE);
    there.thread.runDue();
    assertThat(events.getLast())
        .isEqualTo(
            new StreamError(
                stream,
                clock.instant(),
                StreamSentences.SERVER_GONE + " The broadcaster did not return within 30 s.",
                Optional.of(HEALTH)));
  }

  @Test
  void adoptedStream_thatWaitedBefore_waitsNoLongerForThat() {
    Encoder encoder = begun(here);
    encoder.release(new Release.Lost("Lost."));
    clock.advance(Duration.ofSeconds(25));
    claims.lose("here");
    there.adopt();
    clock.advance(Duration.ofSeconds(5));
    there.thread.runDue();
    assertThat(events.getLast()).isInstanceOf(StreamError.class);
  }

  @Test
  void broadcasterOfAServerThatIsGone_needNotWaitForTheAdoption() {
    begun(here);
    claims.lose("here");
    Encoder back = there.open("192.0.2.7");
    assertThat(back.grant).isNotNull();
    assertThat(events.getLast()).isInstanceOf(StreamResumed.class);
    there.adopt();
    assertThat(events.getLast()).isInstanceOf(StreamResumed.class);
  }

  @Test
  void streamOfAServerThatIsGone_whichHadNoMedia_isOver() {
    Encoder _ = here.open("192.0.2.7");
    claims.lose("here");
    there.adopt();
    assertThat(events.getLast()).isInstanceOf(StreamError.class);
    assertThat(there.isEmpty()).isTrue();
  }

  @Test
  void adoptedStream_isEndedByItsKey_andByItsId() {
    begun(here);
    claims.lose("here");
    there.adopt();
    there.streams.dropKey(KEY, "Revoked.");
    assertThat(events.getLast()).isInstanceOf(StreamEnded.class);
    begun(there);
    claims.lose("there");
    Node third = new Node("third");
    third.adopt();
    assertThat(third.streams.stop(stream(), "Stopped.")).isCompletedWithValue(true);
    assertThat(events.getLast()).isInstanceOf(StreamEnded.class);
  }

  @Test
  void keyThatIsDropped_whileItWaitsForAnotherServer_isRefused_andTheStreamOverWhenItComes() {
    Encoder holder = begun(here);
    Encoder waiting = there.open("192.0.2.9");
    there.streams.dropKey(KEY, "Revoked.");
    assertThat(waiting.told).containsExactly("stream-stopped: Revoked.");
    holder.letGo();
    assertThat(waiting.grant).isNull();
    assertThat(events.getLast()).isInstanceOf(StreamEnded.class);
    assertThat(there.isEmpty()).isTrue();
  }

  @Test
  void streamThatIsStopped_onItsWayFromAnotherServer_ends() {
    Encoder holder = begun(here);
    Encoder waiting = there.open("192.0.2.9");
    var stopped = there.streams.stop(stream(), "Stopped.").toCompletableFuture();
    assertThat(stopped).isNotDone();
    holder.letGo();
    assertThat(stopped).isCompletedWithValue(true);
    assertThat(waiting.told).containsExactly("stream-stopped: Stopped.");
  }

  @Test
  void logThatAnotherServerWrites_isLeftToThat() {
    Encoder holder = begun(here);
    holder.release(new Release.TakenElsewhere(StreamSentences.TAKEN_ELSEWHERE));
    assertThat(here.isEmpty()).isTrue();
    assertNotOver();
  }

  @Test
  void channelThatAnotherServerBeganAnew_isLost_andItsStreamOver() {
    Encoder holder = begun(here);
    claims.giveAway(SHOW);
    assertThat(holder.told).containsExactly("taken-over: " + StreamSentences.TAKEN_ELSEWHERE);
    holder.letGo();
    assertThat(events.getLast()).isInstanceOf(StreamError.class);
  }

  @Test
  void drainedServer_asksItsEncodersToMove_andLeavesItsStreamsToOthers() {
    Encoder moving = begun(here);
    StreamId stream = stream();
    Encoder waited = new Encoder(new ChannelSlug("other"), KEY);
    here.streams.open(waited);
    waited.begin();
    waited.release(new Release.Lost("Lost."));
    var drained = here.streams.drain("Move on.").toCompletableFuture();
    assertThat(moving.told).containsExactly("moved: Move on.");
    assertThat(drained).isNotDone();
    Encoder late = here.open("192.0.2.9");
    assertThat(late.told).singleElement().asString().startsWith("shutting-down: ");
    moving.letGo();
    assertThat(drained).isCompleted();
    assertThat(events.getLast()).isInstanceOf(StreamRecovering.class);
    there.adopt();
    Encoder back = there.open("192.0.2.7");
    assertThat(back.stream()).isEqualTo(stream);
    assertNotOver();
  }

  @Test
  void encoderThatMoves_mayComeElsewhere_beforeItLeaves() {
    Encoder moving = begun(here);
    var drained = here.streams.drain("Move on.").toCompletableFuture();
    Encoder moved = there.open("192.0.2.7");
    moving.letGo();
    assertThat(drained).isCompleted();
    assertThat(moved.grant).isNotNull();
    assertThat(events).noneMatch(StreamRecovering.class::isInstance);
    assertNotOver();
  }

  @Test
  void serverThatCloses_leavesItsStreamsToOthers() {
    Encoder holder = begun(here);
    var closed = here.streams.close("Bye.").toCompletableFuture();
    assertThat(holder.told).containsExactly("shutting-down: Bye.");
    holder.letGo();
    assertThat(closed).isCompleted();
    there.adopt();
    Encoder back = there.open("192.0.2.7");
    assertThat(back.grant).isNotNull();
    assertNotOver();
  }

  private Encoder begun(Node node) {
    Encoder encoder = node.open("192.0.2.7");
    encoder.begin();
    return encoder;
  }

  private StreamId stream() {
    return events.getLast().stream();
  }

  private void assertNotOver() {
    assertThat(events)
        .noneMatch(event -> event instanceof StreamEnded || event instanceof StreamError);
  }

  private void openLogs() {
    while (!openings.isEmpty()) {
      openings.removeFirst().run();
    }
  }

  /// A server.
  private final class Node {
    final AtOnce thread = new AtOnce(clock);
    final LiveStreams streams;
    private int count;

    Node(String name) {
      InProcessStreamEvents bus =
          new InProcessStreamEvents(
              (event, failure) -> {
                throw new AssertionError(event.toString(), failure);
              });
      bus.subscribe(events::add);
      streams =
          new LiveStreams(
              new ReturnPolicy(GRACE, 3, Duration.ofMinutes(1)),
              RtmpLimits.defaults(),
              frameLog,
              claims.node(name),
              bus,
              new IngestMetrics() {
                @Override
                public void streamStarted() {
                  count++;
                }

                @Override
                public void streamContinued() {
                  count++;
                }

                @Override
                public void streamEnded() {
                  count--;
                }
              },
              clock,
              new Random(name.hashCode()),
              thread,
              opening -> {
                openings.add(opening);
                if (!logsOpenLater) {
                  openLogs();
                }
              });
    }

    Encoder open(String address) {
      Encoder encoder = new Encoder(SHOW, KEY, address);
      streams.open(encoder);
      return encoder;
    }

    void adopt() {
      streams.adoptFromNowOn();
    }

    boolean isEmpty() {
      return count == 0;
    }
  }
}
