package nova.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import nova.control.audit.Actor;
import nova.control.audit.AuditFilter;
import nova.control.channel.ChannelChange;
import nova.control.database.Database;
import nova.control.database.DatabaseConfig;
import nova.control.database.DatabaseStartException;
import nova.control.database.TestDatabase;
import nova.control.error.ConflictingException;
import nova.control.metric.MetricsConfig;
import nova.control.stream.BroadcastsElsewhere;
import nova.control.stream.ChannelStream;
import nova.control.stream.LiveBroadcasts;
import nova.control.stream.Streams;
import nova.control.stream.StreamsOnAir;
import nova.control.streamkey.CaffeineStreamKeyCache;
import nova.control.streamkey.IssuedKey;
import nova.control.streamkey.KeyTerms;
import nova.core.ChannelSlug;
import nova.core.OwnStreamEvents;
import nova.core.StreamEvent;
import nova.core.StreamEvents.Subscription;
import nova.core.StreamId;
import nova.core.StreamState;
import nova.testkit.FakeClock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The control planes of servers that share a database and hear each other's events.
class SharedControlTest {
  private static final Duration DEADLINE = Duration.ofSeconds(30);

  private static final ChannelSlug SHOW = new ChannelSlug("show");
  private static final StreamId LIVE = new StreamId("live");
  private static final Actor ADA = new Actor(Actor.Kind.TOKEN, "7", "Ada", "192.0.2.1");

  @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

  private final FakeClock clock = new FakeClock();
  private final TestEvents its = new TestEvents(LIVE, clock);
  private final TestBus bus = new TestBus();
  private final Server a = new Server();
  private final Server b = new Server();
  private DatabaseConfig database;

  /// One server, as its stages have it.
  private final class Server {
    final OwnStreamEvents events = bus.join();
    final TestBroadcasts broadcasts = new TestBroadcasts();
    LiveBroadcasts live = broadcasts;
    private @Nullable Control opened;

    Control control() {
      return Objects.requireNonNull(opened);
    }

    void open() {
      opened =
          Control.open(
              new ControlConfig(Path.of("not used"), database, MetricsConfig.defaults(), true),
              new ControlPorts(
                  events,
                  events.own(),
                  live,
                  StreamsOnAir.UNTOLD,
                  new CaffeineStreamKeyCache(clock::nanoTime),
                  clock,
                  clock::nanoTime,
                  new SecureRandom(),
                  Thread.ofVirtual().factory()));
    }

    /// Does what ingest does.
    void obey(StreamEvent event, StreamEvent end) {
      if (event instanceof StreamEvent.StreamStopRequested) {
        events.publish(end);
      }
    }

    /// Publishes, and waits until it is written.
    void say(StreamEvent event) {
      events.publish(event);
      await()
          .atMost(DEADLINE)
          .until(() -> a.control().journalBacklog() + b.control().journalBacklog() == 0);
    }
  }

  @BeforeEach
  void open() {
    database = DATABASE.createEmpty();
    Database.open(database).close();
    a.open();
    b.open();
    var _ = a.control().channels().create(SHOW, ChannelChange.NONE, Actor.SYSTEM);
  }

  @AfterEach
  void close() {
    a.control().close();
    b.control().close();
  }

  @Test
  void stream_isWrittenByTheServerThatHasIt_andByNoOther() {
    a.say(its.started(SHOW, Optional.empty()));
    a.say(its.epoch(0));
    b.say(its.measured(7)); // which b cannot have measured
    b.say(its.ended(7));
    assertThat(row().state()).isEqualTo(StreamState.ACTIVE);
    a.say(its.ended(100));
    assertThat(row().state()).isEqualTo(StreamState.ENDED_GRACEFULLY);
    assertThat(row().totals().receivedFrames()).isEqualTo(100);
    assertThat(told()).containsExactly("stream-started", "epoch-began", "stream-ended");
    assertThat(a.broadcasts.stopped()).isEmpty();
    assertThat(b.broadcasts.stopped()).isEmpty();
  }

  @Test
  void streamThatAStageElsewhereCannotCarryOn_isOver() {
    a.say(its.started(SHOW, Optional.empty()));
    a.say(its.epoch(0));
    b.say(its.error(Optional.empty()));
    await().atMost(DEADLINE).until(() -> row().state() == StreamState.ERROR);
    assertThat(told()).containsExactly("stream-started", "epoch-began", "stream-error");
  }

  @Test
  void streamThatGoesOnAtAnotherServer_isThatOnes_whateverTheFirstSaysLate() {
    a.say(its.started(SHOW, Optional.empty()));
    a.say(its.epoch(0));
    clock.advance(Duration.ofSeconds(4));
    b.say(its.moved(SHOW, 1_000));
    b.say(its.recovering());
    assertThat(row().state()).isEqualTo(StreamState.RECONNECTING);
    a.say(its.ended(5)); // which slept
    assertThat(row().state()).isEqualTo(StreamState.RECONNECTING);
    b.say(its.resumed(Optional.empty()));
    b.say(its.epoch(1));
    assertThat(row().state()).isEqualTo(StreamState.ACTIVE);
    a.say(its.recovering());
    assertThat(row().state()).isEqualTo(StreamState.ACTIVE);
    b.say(its.ended(200));
    assertThat(row().totals().receivedFrames()).isEqualTo(200);
    assertThat(told())
        .containsExactly(
            "stream-started",
            "epoch-began",
            "stream-recovering",
            "stream-resumed",
            "epoch-began",
            "stream-ended");
  }

  @Test
  void serverThatStartsAgain_leavesItsStreamsToWhoeverGoesOnWithThem() {
    a.say(its.started(SHOW, Optional.empty()));
    a.say(its.epoch(0));
    a.control().close(); // as if it were killed: nothing ended
    a.open();
    assertThat(row().state()).isEqualTo(StreamState.ACTIVE);
    a.say(its.measured(9));
    a.say(its.ended(9));
    assertThat(row().state()).as("not claimed yet").isEqualTo(StreamState.ACTIVE);
    a.say(its.moved(SHOW, 1_000));
    a.say(its.recovering());
    a.say(its.error(Optional.of(TestEvents.health(9))));
    assertThat(row().state()).isEqualTo(StreamState.ERROR);
    assertThat(row().totals().receivedFrames()).isEqualTo(9);
  }

  @Test
  void streamIsStopped_atTheServerThatHasIt_andTheAnswerHasItsEnd() {
    Server api = new Server();
    api.live = new BroadcastsElsewhere(api.events, clock);
    api.open();
    a.say(its.started(SHOW, Optional.empty()));
    a.say(its.epoch(0));
    try (Subscription _ = a.events.subscribe(event -> a.obey(event, its.ended(77)));
        Control asked = api.control()) {
      ChannelStream over = asked.streams().stop(LIVE, "Lights out.", ADA);
      assertThat(over.state()).isEqualTo(StreamState.ENDED_GRACEFULLY);
      assertThat(over.totals().receivedFrames()).isEqualTo(77);
      assertThatThrownBy(() -> asked.streams().stop(LIVE, "Lights out.", ADA))
          .isInstanceOfSatisfying(
              ConflictingException.class, e -> assertThat(e.reason()).isEqualTo("stream-is-over"));
    }
    assertThat(told())
        .containsExactly("stream-started", "epoch-began", "stream-stopped", "stream-ended");
  }

  @Test
  void streamOfAServerThatDoesNotAnswer_mayStillEnd_andAfterAMinuteIsGivenUp() {
    Server api = new Server();
    api.live = new BroadcastsElsewhere(api.events, clock);
    api.open();
    a.say(its.started(SHOW, Optional.empty()));
    a.say(its.epoch(0));
    try (Control asked = api.control()) {
      assertThat(asked.streams().stop(LIVE, "Lights out.", ADA).state())
          .isEqualTo(StreamState.ACTIVE);
      clock.advance(Streams.GONE_AFTER);
      assertThat(asked.streams().stop(LIVE, "Lights out.", ADA).state())
          .isEqualTo(StreamState.ERROR);
    }
  }

  @Test
  void keyThatIsTakenBack_endsWhatIsOnAirWithIt_atWhicheverServer() {
    Server api = new Server();
    api.live = new BroadcastsElsewhere(api.events, clock);
    api.open();
    try (Control asked = api.control()) {
      IssuedKey key = asked.streamKeys().create(SHOW, KeyTerms.NONE, ADA);
      a.say(its.started(SHOW, Optional.of(key.key().id())));
      a.say(its.epoch(0));
      List<StreamEvent> heard = new ArrayList<>();
      Subscription _ = a.events.subscribe(heard::add);
      var _ = asked.streamKeys().revoke(key.key().id(), ADA);
      assertThat(heard)
          .containsExactly(
              new StreamEvent.StreamStopRequested(
                  LIVE, clock.instant(), "The stream key was revoked."));
      a.say(its.ended(1));
      heard.clear();
      var _ = asked.streamKeys().revoke(key.key().id(), ADA);
      assertThat(heard).isEmpty();
    }
  }

  @Test
  void serverThatWouldTakeAllEventsForItsOwn_doesNotStart() {
    ControlConfig beside =
        new ControlConfig(Path.of("not used"), database, MetricsConfig.defaults(), true);
    ControlPorts alone =
        new ControlPorts(
            a.events,
            a.broadcasts,
            new CaffeineStreamKeyCache(clock::nanoTime),
            clock,
            clock::nanoTime,
            new SecureRandom(),
            Thread.ofVirtual().factory());
    assertThatThrownBy(() -> Control.open(beside, alone).close())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected: those that it published");
  }

  @Test
  void server_doesNotChangeTheSchema_orRunADatabaseOfItsOwn() {
    DatabaseConfig empty = DATABASE.createEmpty();
    database = empty;
    assertThatThrownBy(() -> new Server().open())
        .isInstanceOf(DatabaseStartException.class)
        .hasMessageContaining("run `nova migrate` once");
    database = DatabaseConfig.defaults();
    assertThatThrownBy(() -> new Server().open())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("database.url is empty");
  }

  private ChannelStream row() {
    return b.control().streams().find(LIVE);
  }

  private List<String> told() {
    return b.control().audit().list(AuditFilter.ALL, OptionalLong.empty(), 50).reversed().stream()
        .filter(entry -> entry.subject().id().equals(LIVE.value()))
        .map(entry -> entry.action())
        .toList();
  }
}
