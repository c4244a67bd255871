package nova.control.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import nova.control.TestEvents;
import nova.control.TestServer;
import nova.control.audit.Actor;
import nova.control.audit.AuditEntry;
import nova.control.audit.AuditFilter;
import nova.control.database.ConflictException;
import nova.control.database.ListPosition;
import nova.control.database.TestDatabase;
import nova.control.error.ConflictingException;
import nova.control.error.InvalidFieldException;
import nova.control.error.StaleException;
import nova.control.error.UnknownException;
import nova.core.ChannelSlug;
import nova.core.StreamEvent;
import nova.core.StreamId;
import nova.core.StreamState;
import nova.testkit.FakeClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What operators do with streams.
class StreamsTest {
  private static final ChannelSlug SHOW = new ChannelSlug("show");
  private static final ChannelSlug OTHER = new ChannelSlug("other");
  private static final StreamId LIVE = new StreamId("live");
  private static final Actor ADA = new Actor(Actor.Kind.TOKEN, "7", "Ada", "192.0.2.1");

  @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

  private final FakeClock clock = new FakeClock();
  private final TestEvents events = new TestEvents(LIVE, clock);
  private TestServer server;

  @BeforeEach
  void open() {
    TestServer.empty(DATABASE.database());
    server = TestServer.on(DATABASE.database(), clock);
    var _ = server.channel(SHOW);
    var _ = server.channel(OTHER);
  }

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void preparedStream_isAudited_andThereIsOneOfAChannel() {
    ChannelStream prepared = prepare(SHOW, "Finals");
    assertThat(server.streams().find(prepared.id())).isEqualTo(prepared);
    assertThat(prepared.isPrepared()).isTrue();
    assertThat(lastEntry().action()).isEqualTo("stream-prepared");
    assertThat(lastEntry().actor()).isEqualTo(ADA);
    long entries = server.count("audit");
    assertThatThrownBy(() -> prepare(SHOW, "Again"))
        .isInstanceOfSatisfying(
            ConflictingException.class,
            e -> assertThat(e.reason()).isEqualTo("stream-already-prepared"));
    assertThatThrownBy(() -> prepare(new ChannelSlug("nobody"), ""))
        .isInstanceOf(UnknownException.class);
    assertThat(server.count("audit")).isEqualTo(entries);
    assertThat(prepare(OTHER, "").isPrepared()).isTrue();
  }

  @Test
  void streamIsPrepared_besideOneThatIsLive() {
    live(events, SHOW);
    clock.advance(Duration.ofSeconds(1));
    ChannelStream next = prepare(SHOW, "Next");
    assertThat(server.streams().latestOf(SHOW).id()).isEqualTo(LIVE);
    write(events.ended(1));
    assertThat(server.streams().latestOf(SHOW).id()).isEqualTo(next.id());
  }

  @Test
  void preparedStreamThatIsStopped_isOver_withOneEntry() {
    ChannelStream prepared = prepare(SHOW, "Finals");
    long entries = server.count("audit");
    ChannelStream over = server.streams().stop(prepared.id(), "No finals.", ADA);
    assertThat(over.state()).isEqualTo(StreamState.ENDED_GRACEFULLY);
    assertThat(over.end()).contains(new ChannelStream.StreamEnd(clock.instant(), "No finals."));
    assertThat(over.duration()).isEmpty();
    assertThat(server.count("audit") - entries).isEqualTo(1);
    assertThat(lastEntry().action()).isEqualTo("stream-stopped");
    assertThat(lastEntry().details()).containsEntry("reason", "No finals.");
    assertThat(server.broadcasts().stopped()).isEmpty();
    assertThat(prepare(SHOW, "Other finals").isPrepared()).isTrue();
  }

  @Test
  void liveStreamThatIsStopped_isOver_whenTheCallReturns() {
    live(events, SHOW);
    server
        .broadcasts()
        .onStop(
            stream -> {
              server.journal().onEvent(events.ended(77));
              return stream.equals(LIVE);
            });
    ChannelStream over = server.streams().stop(LIVE, "Lights out.", ADA);
    assertThat(server.broadcasts().stopped()).containsExactly("live: Lights out.");
    assertThat(over.state()).isEqualTo(StreamState.ENDED_GRACEFULLY);
    assertThat(over.totals().receivedFrames()).isEqualTo(77);
    server.broadcasts().onStop(_ -> false);
    assertThatThrownBy(() -> server.streams().stop(LIVE, "", ADA))
        .isInstanceOfSatisfying(
            ConflictingException.class, e -> assertThat(e.reason()).isEqualTo("stream-is-over"));
    assertThat(server.count("audit WHERE action = 'stream-stopped'")).isEqualTo(1);
  }

  @Test
  void broadcastWhoseStreamIsOver_isStopped() {
    live(events, SHOW);
    write(events.error(Optional.empty()));
    server.broadcasts().onStop(LIVE::equals);
    assertThat(server.streams().stop(LIVE, "Lights out.", ADA).state())
        .isEqualTo(StreamState.ERROR);
    assertThat(server.broadcasts().stopped()).containsExactly("live: Lights out.");
    assertThat(lastEntry().action()).isEqualTo("stream-stopped");
    assertThat(lastEntry().actor()).isEqualTo(ADA);
  }

  @Test
  void streamOfThisServer_withoutABroadcast_isOver() {
    live(events, SHOW);
    ChannelStream over = server.streams().stop(LIVE, "Left over.", ADA);
    assertThat(over.state()).isEqualTo(StreamState.ERROR);
    assertThat(over.end().orElseThrow().reason()).isEqualTo("Left over.");
    server.channels().delete(SHOW, Optional.empty(), ADA);
  }

  @Test
  void streamOfThisServer_whoseEndWaitsToBeWritten_endsWithItsCounts() {
    live(events, SHOW);
    server
        .broadcasts()
        .onStop(
            _ -> {
              server.journal().onEvent(events.ended(77));
              return false; // it was over just before
            });
    ChannelStream over = server.streams().stop(LIVE, "Lights out.", ADA);
    assertThat(over.state()).isEqualTo(StreamState.ENDED_GRACEFULLY);
    assertThat(over.totals().receivedFrames()).isEqualTo(77);
  }

  @Test
  void streamOfAnotherServer_isNotStopped_whileThatIsAlive() {
    try (TestServer other = TestServer.on(DATABASE.database(), clock)) {
      live(events, SHOW);
      clock.advance(Streams.GONE_AFTER.minusSeconds(1));
      long entries = server.count("audit");
      assertThatThrownBy(() -> other.streams().stop(LIVE, "", ADA))
          .isInstanceOfSatisfying(
              ConflictingException.class,
              e -> assertThat(e.reason()).isEqualTo("stream-elsewhere"));
      assertThat(server.count("audit")).isEqualTo(entries);
      assertThat(server.streams().find(LIVE).state()).isEqualTo(StreamState.ACTIVE);
    }
  }

  @Test
  void streamOfAServerThatIsGone_isOver_asOfItsLatestSignOfLife() {
    live(events, SHOW);
    Instant seen = clock.instant();
    clock.advance(Streams.GONE_AFTER);
    try (TestServer other = TestServer.on(DATABASE.database(), clock)) {
      ChannelStream over = other.streams().stop(LIVE, "Its server is gone.", ADA);
      assertThat(over.state()).isEqualTo(StreamState.ERROR);
      assertThat(over.end()).contains(new ChannelStream.StreamEnd(seen, "Its server is gone."));
      assertThat(server.count("audit WHERE action = 'stream-stopped'")).isEqualTo(1);
      assertThat(server.count("audit WHERE action = 'stream-error'")).isEqualTo(1);
      other.channels().delete(SHOW, Optional.empty(), ADA);
    }
  }

  @Test
  void streamOfAnotherServer_whoseBroadcasterIsAwaited_isNotGone_beforeTheGraceTimeIs() {
    live(events, SHOW);
    write(events.recovering());
    clock.advance(Streams.GONE_AFTER.plus(TestEvents.GRACE).minusSeconds(1));
    try (TestServer other = TestServer.on(DATABASE.database(), clock)) {
      assertThatThrownBy(() -> other.streams().stop(LIVE, "", ADA))
          .isInstanceOf(ConflictingException.class);
      clock.advance(Duration.ofSeconds(1));
      assertThat(other.streams().stop(LIVE, "", ADA).state()).isEqualTo(StreamState.ERROR);
    }
  }

  @Test
  void stopOfWhatIsNotThere_orForTooLongAReason_isRefused() {
    assertThatThrownBy(() -> server.streams().stop(LIVE, "", ADA))
        .isInstanceOf(UnknownException.class);
    assertThatThrownBy(() -> server.streams().stop(LIVE, "x".repeat(201), ADA))
        .isInstanceOf(InvalidFieldException.class);
  }

  @Test
  void update_raisesTheVersion_unlessItChangesNothing_andRefusesAStaleOne() {
    live(events, SHOW);
    StreamChange title =
        new StreamChange(Optional.of("Finals"), Optional.empty(), Optional.empty());
    ChannelStream changed = server.streams().update(LIVE, title, Optional.of(1L), ADA);
    assertThat(changed.version()).isEqualTo(2);
    assertThat(changed.metadata().title()).isEqualTo("Finals");
    assertThat(lastEntry().action()).isEqualTo("stream-updated");
    long entries = server.count("audit");
    assertThat(server.streams().update(LIVE, title, Optional.empty(), ADA)).isEqualTo(changed);
    assertThatThrownBy(
            () ->
                server
                    .streams()
                    .update(
                        LIVE,
                        new StreamChange(Optional.of("Late"), Optional.empty(), Optional.empty()),
                        Optional.of(1L),
                        ADA))
        .isInstanceOf(StaleException.class);
    assertThat(server.count("audit")).isEqualTo(entries);
    write(events.measured(5));
    write(events.ended(10));
    ChannelStream over =
        server
            .streams()
            .update(
                LIVE,
                new StreamChange(
                    Optional.empty(),
                    Optional.of("Seen by many. \ud83c\udfa5"),
                    Optional.of(List.of("final", "2026"))),
                Optional.of(2L),
                ADA);
    assertThat(over.metadata())
        .isEqualTo(
            new StreamMetadata("Finals", "Seen by many. \ud83c\udfa5", List.of("final", "2026")));
    assertThat(over.totals().receivedFrames()).isEqualTo(10);
    assertThat(over.state()).isEqualTo(StreamState.ENDED_GRACEFULLY);
  }

  @Test
  void pages_haveEveryStreamOnce_alsoThoseOfTheSameInstant_theLatestFirst() {
    for (int i = 0; i < 9; i++) {
      TestEvents its = new TestEvents(new StreamId("stream" + i), clock);
      live(its, i % 2 == 0 ? SHOW : OTHER);
      write(its.ended(1));
      if (i % 3 == 2) {
        clock.advance(Duration.ofSeconds(1));
      }
    }
    List<String> all = ids(StreamFilter.ALL);
    assertThat(all)
        .containsExactly(
            "stream8", "stream7", "stream6", "stream5", "stream4", "stream3", "stream2", "stream1",
            "stream0");
    assertThat(
            ids(new StreamFilter(Optional.of(OTHER), Set.of(), Optional.empty(), Optional.empty())))
        .containsExactly("stream7", "stream5", "stream3", "stream1");
    Instant middle = clock.instant().minusSeconds(2);
    assertThat(
            ids(
                new StreamFilter(
                    Optional.empty(),
                    Set.of(),
                    Optional.of(middle),
                    Optional.of(middle.plusSeconds(1)))))
        .containsExactly("stream5", "stream4", "stream3");
    live(events, SHOW);
    write(events.recovering());
    assertThat(
            ids(
                new StreamFilter(
                    Optional.empty(),
                    Set.of(StreamState.ACTIVE, StreamState.RECONNECTING),
                    Optional.empty(),
                    Optional.empty())))
        .containsExactly("live");
  }

  @Test
  void streamsOfADeletedChannel_areGone_andALiveChannelIsNotDeleted() {
    live(events, SHOW);
    assertThatThrownBy(() -> server.channels().delete(SHOW, Optional.empty(), ADA))
        .isInstanceOf(ConflictingException.class);
    write(events.ended(1));
    ChannelStream prepared = prepare(SHOW, "Never");
    server.channels().delete(SHOW, Optional.empty(), ADA);
    assertThatThrownBy(() -> server.streams().find(LIVE)).isInstanceOf(UnknownException.class);
    assertThatThrownBy(() -> server.streams().find(prepared.id()))
        .isInstanceOf(UnknownException.class);
    assertThatThrownBy(() -> server.streams().latestOf(SHOW)).isInstanceOf(UnknownException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "streams_over            | state = 'ENDED_GRACEFULLY'",
        "streams_over            | ended_at = created_at + interval '1 h', end_reason = ''",
        "streams_over_reason     | end_reason = 'none'",
        "streams_reconnecting    | state = 'RECONNECTING'",
        "streams_reconnecting    | reconnect_until = created_at",
        "streams_live_has_media  | started_at = NULL",
        "streams_source          | remote_address = NULL",
        "streams_on_air_somewhere| node = NULL, remote_address = NULL",
        "streams_state_known     | state = 'PAUSED'",
        "streams_start           | started_at = created_at - interval '1 s'",
        "streams_version_positive| version = 0",
        "streams_frames          | received_frames = -1",
        "streams_one_live        | channel_id = (SELECT id FROM channels WHERE slug = 'other')",
      })
  void stateThatCannotBe_isRefusedByTheSchema(String constraint, String change) {
    live(new TestEvents(new StreamId("another"), clock), OTHER);
    live(events, SHOW);
    assertThatThrownBy(
            () ->
                DATABASE.useTransaction(
                    handle ->
                        handle.execute("UPDATE streams SET " + change + " WHERE id = 'live'")))
        .isInstanceOfSatisfying(
            ConflictException.class, e -> assertThat(e.constraint()).isEqualTo(constraint));
  }

  private List<String> ids(StreamFilter filter) {
    List<String> read = new ArrayList<>();
    Optional<ListPosition<StreamId>> after = Optional.empty();
    List<ChannelStream> page = server.streams().list(filter, after, 2);
    while (!page.isEmpty()) {
      page.forEach(stream -> read.add(stream.id().value()));
      after = Optional.of(new ListPosition<>(page.getLast().createdAt(), page.getLast().id()));
      page = server.streams().list(filter, after, 2);
    }
    return read;
  }

  private ChannelStream prepare(ChannelSlug channel, String title) {
    return server.streams().prepare(channel, new StreamMetadata(title, "", List.of()), ADA);
  }

  private void live(TestEvents of, ChannelSlug channel) {
    write(of.started(channel, Optional.empty()));
    write(of.epoch(0));
  }

  private void write(StreamEvent event) {
    StreamRecorder.Written _ =
        server.inTransaction(handle -> server.recorder().write(handle, event));
  }

  private AuditEntry lastEntry() {
    return server.audit().list(AuditFilter.ALL, OptionalLong.empty(), 1).getFirst();
  }
}
