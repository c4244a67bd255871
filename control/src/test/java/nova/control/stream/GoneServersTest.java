package nova.control.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import nova.control.TestEvents;
import nova.control.TestServer;
import nova.control.audit.Actor;
import nova.control.database.Database;
import nova.control.database.DatabaseAwayException;
import nova.control.database.DatabaseConfig;
import nova.control.database.SilentProxy;
import nova.control.database.TestDatabase;
import nova.core.ChannelSlug;
import nova.core.StreamEvent;
import nova.core.StreamId;
import nova.core.StreamState;
import nova.testkit.FakeClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class GoneServersTest {
  private static final ChannelSlug SHOW = new ChannelSlug("show");
  private static final StreamId LIVE = new StreamId("live");
  private static final Duration EVERY = Duration.ofSeconds(20);

  @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

  private final FakeClock clock = new FakeClock();
  private final TestEvents events = new TestEvents(LIVE, clock);
  private TestServer server;
  private GoneServers gone;
  private Optional<Set<StreamId>> onAir = Optional.of(Set.of());

  @BeforeEach
  void open() {
    TestServer.empty(DATABASE.database());
    server = TestServer.on(DATABASE.database(), clock);
    var _ = server.channel(SHOW);
    gone = on(DATABASE.database());
    write(events.started(SHOW, Optional.empty()));
    write(events.epoch(0));
  }

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void streamOfWhichNobodySaysAnything_isOver_asOfTheLatestSignOfLife() {
    clock.advance(Duration.ofSeconds(5));
    write(events.measured(100));
    Instant last = clock.instant();
    lookFor(GoneServers.SILENT_FOR);
    assertThat(state()).isEqualTo(StreamState.ACTIVE);
    clock.advance(EVERY);
    gone.look();
    ChannelStream over = server.streams().find(LIVE);
    assertThat(over.state()).isEqualTo(StreamState.ERROR);
    assertThat(over.end())
        .contains(new ChannelStream.StreamEnd(last, "The server that had the stream is gone."));
    assertThat(over.totals().receivedFrames()).isEqualTo(100);
    assertThat(server.count("audit WHERE action = 'stream-error'")).isEqualTo(1);
  }

  @Test
  void streamOfALivingServer_isLeftAlone_whateverTheClocksOfServersSay() {
    clock.jumpWallClock(Duration.ofHours(-3));
    write(events.measured(1)); // of a server whose clock is late
    clock.jumpWallClock(Duration.ofHours(3));
    for (int frames = 2; frames < 40; frames++) {
      lookFor(Duration.ofMinutes(1));
      write(events.measured(frames));
    }
    assertThat(state()).isEqualTo(StreamState.ACTIVE);
  }

  @Test
  void streamWhoseBroadcasterIsAwaited_isLeftAlone_untilNobodyAwaitsIt() {
    write(
        new StreamEvent.StreamRecovering(
            LIVE, clock.instant(), "Lost.", clock.instant().plus(Duration.ofMinutes(20))));
    lookFor(Duration.ofMinutes(19));
    assertThat(state()).isEqualTo(StreamState.RECONNECTING);
    lookFor(Duration.ofMinutes(2));
    assertThat(state()).isEqualTo(StreamState.ERROR);
  }

  @Test
  void streamThatAServerSaysItHas_isLeftAlone_whileThatServerHasNoDatabase() {
    onAir = Optional.of(Set.of(new StreamId("another"), LIVE));
    lookFor(GoneServers.SILENT_FOR.multipliedBy(3));
    assertThat(state()).isEqualTo(StreamState.ACTIVE);
    onAir = Optional.of(Set.of());
    lookFor(GoneServers.SILENT_FOR.minus(EVERY));
    assertThat(state()).as("since the server said it last").isEqualTo(StreamState.ACTIVE);
    lookFor(EVERY.multipliedBy(2));
    assertThat(state()).isEqualTo(StreamState.ERROR);
  }

  @Test
  void timeBeginsAnew_whenNobodyCouldTellWhichStreamsServersHave() {
    lookFor(GoneServers.SILENT_FOR);
    onAir = Optional.empty();
    gone.look();
    onAir = Optional.of(Set.of());
    lookFor(GoneServers.SILENT_FOR);
    assertThat(state()).isEqualTo(StreamState.ACTIVE);
    gone.look();
    assertThat(state()).isEqualTo(StreamState.ERROR);
  }

  @Test
  void whatIsPrepared_isLeftAlone() {
    write(events.ended(1));
    ChannelStream prepared = server.streams().prepare(SHOW, StreamMetadata.NONE, Actor.SYSTEM);
    lookFor(GoneServers.SILENT_FOR.multipliedBy(2));
    assertThat(server.streams().find(prepared.id())).isEqualTo(prepared);
  }

  @Test
  void timeBeginsAnew_whenTheDatabaseWasAway() throws Exception {
    DatabaseConfig direct = DATABASE.config();
    DatabaseConfig impatient =
        new DatabaseConfig(
            direct.url(), direct.user(), direct.password(), 1, Duration.ofMillis(250));
    try (SilentProxy proxy = SilentProxy.to(impatient);
        Database database = Database.open(proxy.through(impatient, 1))) {
      gone = on(database);
      lookFor(GoneServers.SILENT_FOR);
      proxy.silence();
      database.watch();
      assertThatThrownBy(gone::look).isInstanceOf(DatabaseAwayException.class);
      proxy.speak();
      database.watch();
      lookFor(GoneServers.SILENT_FOR);
      assertThat(state()).isEqualTo(StreamState.ACTIVE);
      gone.look();
      assertThat(state()).isEqualTo(StreamState.ERROR);
    }
  }

  private GoneServers on(Database database) {
    return new GoneServers(
        database, new StreamRepository(), server.recorder(), () -> onAir, clock, clock::nanoTime);
  }

  private void lookFor(Duration time) {
    for (Duration passed = Duration.ZERO; passed.compareTo(time) < 0; passed = passed.plus(EVERY)) {
      gone.look();
      clock.advance(EVERY);
    }
  }

  private StreamState state() {
    return server.streams().find(LIVE).state();
  }

  private void write(StreamEvent event) {
    StreamRecorder.Written _ =
        server.inTransaction(handle -> server.recorder().write(handle, event));
  }
}
