package nova.control.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import nova.control.TestEvents;
import nova.control.TestServer;
import nova.control.audit.Actor;
import nova.control.audit.AuditEntry;
import nova.control.audit.AuditFilter;
import nova.control.database.TestDatabase;
import nova.control.streamkey.IssuedKey;
import nova.control.streamkey.KeyCheck;
import nova.control.streamkey.KeyTerms;
import nova.core.ChannelSlug;
import nova.core.StreamEvent;
import nova.core.StreamId;
import nova.core.StreamKeyId;
import nova.core.StreamState;
import nova.testkit.FakeClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Events and the rows that become of them.
class StreamRecorderTest {
  private static final ChannelSlug SHOW = new ChannelSlug("show");
  private static final StreamId FIRST = new StreamId("first");
  private static final StreamId SECOND = new StreamId("second");

  @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

  private final FakeClock clock = new FakeClock();
  private final TestEvents events = new TestEvents(FIRST, clock);
  private TestServer here;
  private TestServer there;
  private IssuedKey key;

  @BeforeEach
  void open() {
    TestServer.empty(DATABASE.database());
    here = TestServer.on(DATABASE.database(), clock);
    there = TestServer.on(DATABASE.database(), clock);
    var _ = here.channel(SHOW);
    key = here.key(SHOW);
  }

  @AfterEach
  void close() {
    here.close();
    there.close();
  }

  @Test
  void transition_isOneRowAndOneEntry_andOthersAreOnlyTheRow() {
    Instant start = clock.instant();
    assertThat(told(events.started(SHOW, id(key)))).isEqualTo(1);
    assertThat(stream(FIRST))
        .isEqualTo(
            new ChannelStream(
                FIRST,
                SHOW,
                id(key),
                StreamState.PENDING_INGEST,
                StreamMetadata.NONE,
                1,
                start,
                Optional.empty(),
                Optional.of(start),
                Optional.empty(),
                Optional.empty(),
                Optional.of(new StreamSource("192.0.2.7", "OBS 31")),
                List.of(),
                StreamTotals.NONE));
    clock.advance(Duration.ofSeconds(1));
    assertThat(told(events.epoch(0))).isEqualTo(1);
    assertThat(stream(FIRST).startedAt()).contains(start.plusSeconds(1));
    assertThat(stream(FIRST).tracks()).isEqualTo(TestEvents.TRACKS);
    assertThat(told(events.epoch(1))).as("other formats").isEqualTo(0);
    assertThat(told(events.measured(600))).isEqualTo(0);
    assertThat(stream(FIRST).totals()).isEqualTo(new StreamTotals(2, 0, 600_000, 600, 30, 60));
    assertThat(told(events.recovering())).isEqualTo(1);
    assertThat(stream(FIRST).reconnectUntil()).contains(clock.instant().plus(TestEvents.GRACE));
    assertThat(told(events.resumed(id(key)))).isEqualTo(1);
    assertThat(stream(FIRST).state()).isEqualTo(StreamState.RECONNECTING);
    assertThat(told(events.epoch(2))).isEqualTo(1);
    assertThat(stream(FIRST).reconnectUntil()).isEmpty();
    clock.advance(Duration.ofSeconds(6));
    assertThat(told(events.ended(1_000))).isEqualTo(1);

    ChannelStream over = stream(FIRST);
    assertThat(over.state()).isEqualTo(StreamState.ENDED_GRACEFULLY);
    assertThat(over.source()).contains(new StreamSource("192.0.2.8", "OBS 32"));
    assertThat(over.totals()).isEqualTo(new StreamTotals(3, 1, 1_000_000, 1_000, 50, 100));
    assertThat(over.duration()).contains(Duration.ofSeconds(6));
    assertThat(actions())
        .containsExactly(
            "stream-started",
            "epoch-began",
            "stream-recovering",
            "stream-resumed",
            "epoch-began",
            "stream-ended");
    assertThat(entries().getFirst().details()).containsEntry("durationMs", 6000);
    assertThat(entries().getFirst().actor())
        .isEqualTo(new Actor(Actor.Kind.PUBLISHER, "", "", "192.0.2.8"));
  }

  @Test
  void whatNobodyWished_isTheServersDoing() {
    live(events);
    write(events.recovering());
    write(events.resumed(id(key)));
    write(events.error(Optional.empty()));
    TestEvents second = new TestEvents(SECOND, clock);
    live(second);
    write(new TestEvents(new StreamId("third"), clock).started(SHOW, id(key)));
    assertThat(entries().reversed())
        .filteredOn(entry -> entry.subject().kind().equals("stream"))
        .extracting(entry -> entry.action() + " " + entry.actor().kind().label())
        .containsExactly(
            "stream-started publisher",
            "epoch-began publisher",
            "stream-recovering system",
            "stream-resumed publisher",
            "stream-error system",
            "stream-started publisher",
            "epoch-began publisher",
            "stream-error system",
            "stream-started publisher");
  }

  @Test
  void eventThatIsWrittenAgain_changesNothing() {
    List<Supplier<StreamEvent>> life =
        List.of(
            () -> events.started(SHOW, id(key)),
            () -> events.epoch(0),
            () -> events.epoch(1),
            () -> events.measured(100),
            events::recovering,
            () -> events.resumed(id(key)),
            events::recovering,
            () -> events.resumed(id(key)),
            () -> events.epoch(2),
            () -> events.resumed(id(key)),
            () -> events.epoch(3),
            () -> events.ended(200));
    for (Supplier<StreamEvent> next : life) {
      clock.advance(Duration.ofSeconds(1).plusNanos(999)); // finer than the database has it
      StreamEvent event = next.get();
      write(event);
      ChannelStream once = stream(FIRST);
      long entries = here.count("audit");
      write(event);
      assertThat(stream(FIRST)).as("%s", event).isEqualTo(once);
      assertThat(here.count("audit")).as("%s", event).isEqualTo(entries);
    }
    assertThat(here.count("audit WHERE subject_id = 'first'")).isEqualTo(9);
    assertThat(stream(FIRST).totals()).isEqualTo(new StreamTotals(4, 1, 200_000, 200, 10, 20));
  }

  @Test
  void broadcasterWhoIsLostAgainBeforeMedia_hasTheNewGraceTime() {
    live(events);
    write(events.recovering());
    clock.advance(Duration.ofSeconds(20));
    write(events.resumed(id(key)));
    clock.advance(Duration.ofSeconds(1));
    write(events.recovering());
    assertThat(stream(FIRST).reconnectUntil()).contains(clock.instant().plus(TestEvents.GRACE));
    assertThat(actions()).endsWith("stream-recovering", "stream-resumed", "stream-recovering");
  }

  @Test
  void eventThatDoesNotFit_isIgnored() {
    for (StreamEvent unknown :
        List.of(events.epoch(0), events.measured(1), events.resumed(id(key)), events.ended(1))) {
      write(unknown);
    }
    assertThat(here.count("streams") + here.count("audit WHERE subject_kind = 'stream'")).isZero();

    write(events.started(SHOW, id(key)));
    assertThat(told(events.recovering())).as("without media").isEqualTo(0);
    assertThat(stream(FIRST).state()).isEqualTo(StreamState.PENDING_INGEST);
    write(events.error(Optional.empty()));
    ChannelStream over = stream(FIRST);
    assertThat(over.state()).isEqualTo(StreamState.ERROR);
    clock.advance(Duration.ofSeconds(1));
    for (StreamEvent late :
        List.of(
            events.epoch(0),
            events.measured(1),
            events.recovering(),
            events.resumed(id(key)),
            events.ended(1),
            events.error(Optional.of(TestEvents.health(1))))) {
      assertThat(told(late)).as("%s", late).isEqualTo(0);
    }
    assertThat(stream(FIRST)).isEqualTo(over);
  }

  @Test
  void broadcastThatGoesOnAfterItsStreamIsOver_isStopped_butNotByItsEnd() {
    live(events);
    write(events.error(Optional.empty()));
    for (StreamEvent late :
        List.of(
            events.epoch(1), events.measured(1), events.recovering(), events.resumed(id(key)))) {
      assertThat(written(here, late).stop()).as("%s", late).contains("The stream is over already.");
    }
    assertThat(written(here, events.ended(1))).isEqualTo(StreamRecorder.Written.NOTHING);
    assertThat(written(there, events.measured(1))).isEqualTo(StreamRecorder.Written.NOTHING);
  }

  @Test
  void preparedStream_hearsOfNothingButItsBeginning() {
    ChannelStream prepared = prepare("Finals");
    TestEvents its = new TestEvents(prepared.id(), clock);
    for (StreamEvent early : List.of(its.epoch(0), its.measured(1), its.ended(1))) {
      write(early);
    }
    assertThat(stream(prepared.id())).isEqualTo(prepared);
    clock.advance(Duration.ofMinutes(5));
    write(its.started(SHOW, id(key)));
    ChannelStream begun = stream(prepared.id());
    assertThat(begun.metadata().title()).isEqualTo("Finals");
    assertThat(begun.createdAt()).isEqualTo(prepared.createdAt());
    assertThat(begun.isPrepared()).isFalse();
    assertThat(begun.key()).isEqualTo(id(key));
  }

  @Test
  void preparedStreamThatBegan_isNotOpenedByKeysAgain_alsoWhenItIsWrittenTwice() {
    ChannelStream prepared = prepare("Finals");
    assertThat(opens(here)).contains(prepared.id());
    StreamEvent begin = new TestEvents(prepared.id(), clock).started(SHOW, id(key));
    StreamRecorder.Written _ = written(here, begin); // and nobody heard of it
    assertThat(opens(here)).as("cached").contains(prepared.id());
    write(begin);
    assertThat(opens(here)).isEmpty();
  }

  @Test
  void preparedStreamThatWasStopped_isNotOpenedAgainByAKeyThatAnotherServerCached() {
    ChannelStream prepared = prepare("Finals");
    assertThat(opens(there)).contains(prepared.id());
    var _ = here.streams().stop(prepared.id(), "No finals.", Actor.SYSTEM);
    StreamEvent begin = new TestEvents(prepared.id(), clock).started(SHOW, id(key));
    StreamRecorder.Written refused = written(there, begin);
    assertThat(refused.stop()).contains("The stream was stopped before it began.");
    refused.forget().orElseThrow().run();
    assertThat(opens(there)).isEmpty();
  }

  @Test
  void preparedStreamThatBeganAtAnotherServer_isThatOnes() {
    TestEvents its = new TestEvents(prepare("Finals").id(), clock);
    write(its.started(SHOW, id(key)));
    write(its.epoch(0));
    ChannelStream live = stream(its.stream());
    assertThat(written(there, its.started(SHOW, id(key))).stop())
        .contains("The stream began at another server.");
    assertThat(written(there, its.ended(5))).isEqualTo(StreamRecorder.Written.NOTHING);
    assertThat(stream(its.stream())).isEqualTo(live);
  }

  @Test
  void streamThatIsLive_isOverWhenAnotherOfItsChannelBegins_alsoElsewhere() {
    live(events);
    TestEvents second = new TestEvents(SECOND, clock);
    clock.advance(Duration.ofSeconds(9));
    long before = here.count("audit");
    assertThat(written(there, second.started(SHOW, id(key))).stop()).isEmpty();
    assertThat(here.count("audit") - before).as("an end and a beginning").isEqualTo(2);
    assertThat(stream(FIRST).state()).isEqualTo(StreamState.ERROR);
    assertThat(stream(FIRST).end().orElseThrow().reason())
        .isEqualTo("Another broadcast of the channel began.");
    write(events.ended(100));
    assertThat(stream(FIRST).state()).isEqualTo(StreamState.ERROR);
    assertThat(stream(SECOND).state()).isEqualTo(StreamState.PENDING_INGEST);
  }

  @Test
  void transactionThatFails_writesNothing() {
    live(events);
    ChannelStream before = stream(FIRST);
    long entries = here.count("audit");
    assertThatThrownBy(
            () ->
                here.inTransaction(
                    handle -> {
                      StreamRecorder.Written _ = here.recorder().write(handle, events.ended(1));
                      throw new IllegalStateException("after all");
                    }))
        .hasMessage("after all");
    assertThat(stream(FIRST)).isEqualTo(before);
    assertThat(here.count("audit")).isEqualTo(entries);
  }

  @Test
  void broadcastOfADeletedChannel_isStopped_alsoWithItsKeyAtANewOneOfTheName() {
    here.channels().delete(SHOW, Optional.empty(), Actor.SYSTEM);
    assertThat(written(here, events.started(SHOW, id(key))).stop())
        .contains("The channel was deleted.");
    var _ = here.channel(SHOW);
    assertThat(written(here, events.started(SHOW, id(key))).stop())
        .contains("The stream key was deleted.");
    assertThat(here.count("streams")).isZero();
  }

  @Test
  void keyThatWasTakenBackOrIsOver_stopsTheBroadcast_howeverOftenThatIsWritten() {
    IssuedKey brief =
        here.keys()
            .create(
                SHOW,
                new KeyTerms("", List.of(), Optional.of(clock.instant().plusSeconds(60))),
                Actor.SYSTEM);
    var _ = there.keys().check(key.secret().value(), "192.0.2.7");
    var _ = here.keys().revoke(key.key().id(), Actor.SYSTEM);
    assertThat(there.keys().check(key.secret().value(), "192.0.2.7"))
        .as("the other server has not heard of it")
        .isInstanceOf(KeyCheck.Accepted.class);
    StreamEvent begin = events.started(SHOW, id(key));
    for (int time = 0; time < 2; time++) {
      StreamRecorder.Written written = written(there, begin);
      assertThat(written.stop()).contains("The stream key was revoked.");
      written.forget().orElseThrow().run();
    }
    assertThat(there.keys().check(key.secret().value(), "192.0.2.7"))
        .isInstanceOf(KeyCheck.Refused.class);

    clock.advance(Duration.ofSeconds(60));
    assertThat(written(there, events.resumed(id(brief))).stop())
        .contains("The stream key expired.");
  }

  @Test
  void useOfAKey_isNoted() {
    live(events);
    Instant began = clock.instant();
    assertThat(lastUse()).isEqualTo("%s 192.0.2.7".formatted(began));
    clock.advance(Duration.ofSeconds(5));
    write(events.resumed(id(key)));
    assertThat(lastUse()).isEqualTo("%s 192.0.2.8".formatted(began.plusSeconds(5)));
  }

  @Test
  void whatPeersCallThemselves_isKeptAsFarAsItCanBe() {
    String encoder = "OBS\0 \ud800" + "x".repeat(500);
    write(
        new StreamEvent.StreamStarted(FIRST, clock.instant(), SHOW, "192.0.2.7", encoder, id(key)));
    assertThat(stream(FIRST).source().orElseThrow().encoder())
        .isEqualTo("OBS\ufffd \ufffd" + "x".repeat(194));
    write(events.epoch(0));
    write(
        new StreamEvent.StreamRecovering(
            FIRST, clock.instant(), "Lost\0.", clock.instant().plusSeconds(1)));
    write(new StreamEvent.StreamError(FIRST, clock.instant(), "Over\0.", Optional.empty()));
    assertThat(stream(FIRST).end().orElseThrow().reason()).isEqualTo("Over\ufffd.");
  }

  @Test
  void clockThatGoesBack_leavesTimesInOrder() {
    write(events.started(SHOW, id(key)));
    clock.jumpWallClock(Duration.ofHours(-1));
    write(events.epoch(0));
    write(events.ended(10));
    ChannelStream over = stream(FIRST);
    assertThat(over.duration()).contains(Duration.ZERO);
    assertThat(over.startedAt()).contains(over.createdAt());
  }

  @Test
  void leftOverStreams_areClosed_onlyThoseOfThisServer() {
    ChannelSlug other = new ChannelSlug("other");
    var _ = here.channel(other);
    live(events);
    clock.advance(Duration.ofSeconds(30));
    write(events.measured(900));
    ChannelStream prepared = prepare("Next");
    StreamRecorder.Written _ =
        written(there, new TestEvents(SECOND, clock).started(other, Optional.empty()));
    Instant seen = clock.instant();
    clock.advance(Duration.ofMinutes(10));

    assertThat(closeLeftOver(here)).containsExactly(FIRST);
    ChannelStream closed = stream(FIRST);
    assertThat(closed.state()).isEqualTo(StreamState.ERROR);
    assertThat(closed.end())
        .contains(new ChannelStream.StreamEnd(seen, "The server stopped unexpectedly."));
    assertThat(closed.totals().receivedFrames()).isEqualTo(900);
    assertThat(actions()).endsWith("stream-error");
    assertThat(stream(SECOND).state()).isEqualTo(StreamState.PENDING_INGEST);
    assertThat(stream(prepared.id()).isPrepared()).isTrue();
    assertThat(closeLeftOver(here)).isEmpty();
    assertThat(closeLeftOver(there)).containsExactly(SECOND);
  }

  @Test
  void streamThatMoved_isWrittenWhereItIs_andNoMoreWhereItWas() {
    live(events);
    write(events.measured(100));
    clock.advance(Duration.ofSeconds(4));
    assertThat(written(there, events.moved(SHOW, 7))).isEqualTo(StreamRecorder.Written.NOTHING);
    StreamRecorder.Written _ = written(there, events.recovering());
    assertThat(stream(FIRST).state()).isEqualTo(StreamState.RECONNECTING);

    clock.advance(Duration.ofSeconds(1));
    for (StreamEvent late :
        List.of(events.measured(150), events.epoch(1), events.ended(150), events.recovering())) {
      ChannelStream before = stream(FIRST);
      assertThat(written(here, late)).as("%s", late).isEqualTo(StreamRecorder.Written.NOTHING);
      assertThat(stream(FIRST)).as("%s", late).isEqualTo(before);
    }
    StreamRecorder.Written _ = written(there, events.resumed(id(key)));
    StreamRecorder.Written _ = written(there, events.epoch(1));
    StreamRecorder.Written _ = written(there, events.ended(300));
    assertThat(stream(FIRST).state()).isEqualTo(StreamState.ENDED_GRACEFULLY);
    assertThat(stream(FIRST).totals()).isEqualTo(new StreamTotals(2, 1, 300_000, 300, 15, 30));
    assertThat(closeLeftOver(here)).isEmpty();
  }

  @Test
  void serverThatHeardLate_doesNotTakeBackWhatMovedOn_butOneThatHasItAgainDoes() {
    live(events);
    StreamRecorder.Written _ = written(there, events.moved(SHOW, 7));
    StreamRecorder.Written _ = written(here, events.moved(SHOW, 9));
    StreamRecorder.Written _ = written(there, events.moved(SHOW, 8));
    StreamRecorder.Written _ = written(there, events.measured(1));
    assertThat(stream(FIRST).totals().receivedFrames()).isZero();
    write(events.measured(2));
    assertThat(stream(FIRST).totals().receivedFrames()).isEqualTo(2);
    write(events.moved(SHOW, 9)); // written, and nobody heard of it
    write(events.measured(3));
    assertThat(stream(FIRST).totals().receivedFrames()).isEqualTo(3);
  }

  @Test
  void streamThatMovedBeforeItsBeginningWasWritten_beginsWhereItIs() {
    ChannelStream prepared = prepare("Finals");
    TestEvents finals = new TestEvents(prepared.id(), clock);
    for (TestEvents its : List.of(finals, events)) { // one that is known, and one that is not
      assertThat(written(there, its.moved(SHOW, 7)).stop()).isEmpty();
      StreamRecorder.Written _ = written(there, its.resumed(id(key)));
      StreamRecorder.Written _ = written(there, its.epoch(1));
      ChannelStream live = stream(its.stream());
      assertThat(live.state()).isEqualTo(StreamState.ACTIVE);
      assertThat(live.source()).contains(new StreamSource("192.0.2.8", "OBS 32"));
      for (StreamEvent late : List.of(its.started(SHOW, id(key)), its.epoch(0))) {
        assertThat(written(here, late).stop()).as("%s", late).isEmpty();
        assertThat(stream(its.stream())).as("%s", late).isEqualTo(live);
      }
    }
    assertThat(stream(prepared.id()).state())
        .as("when another of its channel begins")
        .isEqualTo(StreamState.ERROR);
    assertThat(opens(there)).isEmpty();
  }

  @Test
  void streamThatIsOver_doesNotMove() {
    live(events);
    write(events.ended(1));
    assertThat(written(there, events.moved(SHOW, 7)).stop())
        .contains("The stream is over already.");
    here.channels().delete(SHOW, Optional.empty(), Actor.SYSTEM);
    assertThat(written(there, events.moved(SHOW, 8)).stop()).contains("The channel was deleted.");
  }

  @Test
  void keyThatWasTakenBackElsewhere_stopsTheBroadcast_withTheNextMeasurement() {
    live(events);
    assertThat(written(here, events.measured(1)).stop()).isEmpty();
    var _ = there.keys().revoke(key.key().id(), Actor.SYSTEM);
    assertThat(written(here, events.measured(2)).stop()).contains("The stream key was revoked.");
    assertThat(stream(FIRST).totals().receivedFrames()).isEqualTo(2);
  }

  private static List<StreamId> closeLeftOver(TestServer server) {
    return server.inTransaction(
        handle -> server.recorder().closeLeftOver(handle, server.clock().instant()));
  }

  private void live(TestEvents of) {
    write(of.started(SHOW, id(key)));
    write(of.epoch(0));
  }

  private ChannelStream prepare(String title) {
    return here.streams().prepare(SHOW, new StreamMetadata(title, "", List.of()), Actor.SYSTEM);
  }

  private static Optional<StreamKeyId> id(IssuedKey issued) {
    return Optional.of(issued.key().id());
  }

  /// Entries that came of an event.
  private long told(StreamEvent event) {
    long entries = here.count("audit");
    write(event);
    return here.count("audit") - entries;
  }

  private void write(StreamEvent event) {
    written(here, event).forget().ifPresent(Runnable::run);
  }

  private static StreamRecorder.Written written(TestServer server, StreamEvent event) {
    return server.inTransaction(handle -> server.recorder().write(handle, event));
  }

  private ChannelStream stream(StreamId id) {
    return here.streams().find(id);
  }

  private Optional<StreamId> opens(TestServer server) {
    KeyCheck check = server.keys().check(key.secret().value(), "192.0.2.7");
    return ((KeyCheck.Accepted) check).prepared();
  }

  private String lastUse() {
    return here.keys()
        .find(key.key().id())
        .key()
        .lastUse()
        .map(use -> "%s %s".formatted(use.at(), use.address()))
        .orElseThrow();
  }

  private List<String> actions() {
    return entries().reversed().stream()
        .filter(entry -> entry.subject().equals(new AuditEntry.Subject("stream", "first")))
        .map(AuditEntry::action)
        .toList();
  }

  private List<AuditEntry> entries() {
    return here.audit().list(AuditFilter.ALL, OptionalLong.empty(), 200);
  }
}
