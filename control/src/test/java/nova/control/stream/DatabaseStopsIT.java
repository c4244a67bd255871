package nova.control.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import nova.control.TestEvents;
import nova.control.TestServer;
import nova.control.audit.Actor;
import nova.control.database.Database;
import nova.control.database.DatabaseAwayException;
import nova.control.database.EmbeddedPostgres;
import nova.control.streamkey.IssuedKey;
import nova.control.streamkey.KeyCheck;
import nova.core.ChannelSlug;
import nova.core.StreamEvent;
import nova.core.StreamId;
import nova.core.StreamState;
import nova.testkit.FakeClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A database that is stopped under those who broadcast.
class DatabaseStopsIT {
  private static final ChannelSlug SHOW = new ChannelSlug("show");
  private static final Duration PATIENCE = Duration.ofMillis(300);
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  @TempDir private Path data;

  private final FakeClock clock = new FakeClock();
  private final TestEvents events = new TestEvents(new StreamId("live"), clock);
  private EmbeddedPostgres postgres;
  private Database database;
  private TestServer server;
  private IssuedKey key;

  @BeforeEach
  void open() {
    postgres = EmbeddedPostgres.start(data);
    database = Database.open(postgres.config(3, PATIENCE));
    server = TestServer.on(database, clock);
    var _ = server.channel(SHOW);
    key = server.key(SHOW);
  }

  @AfterEach
  void close() {
    server.close();
    database.close();
    postgres.close();
  }

  @Test
  void events_waitForTheDatabase_andAreWrittenInOrder_onceEach() throws Exception {
    assertThat(check(key.secret().value())).isInstanceOf(KeyCheck.Accepted.class);
    journal(events.started(SHOW, Optional.of(key.key().id())));
    awaitWritten();
    postgres.close();
    database.watch();
    assertThat(database.answers()).isFalse();
    journal(events.epoch(0));
    journal(events.measured(10));
    journal(events.recovering());
    journal(events.resumed(Optional.of(key.key().id())));
    journal(events.epoch(1));
    journal(events.ended(99));
    TestEvents next = new TestEvents(new StreamId("next"), clock);
    journal(next.started(SHOW, Optional.of(key.key().id())));
    journal(next.epoch(0));

    assertThat(check(key.secret().value()))
        .as("known, so it may publish")
        .isInstanceOf(KeyCheck.Accepted.class);
    assertThatThrownBy(() -> check("unknown")).isInstanceOf(DatabaseAwayException.class);
    assertThatThrownBy(() -> server.streams().find(events.stream()))
        .isInstanceOf(DatabaseAwayException.class);
    assertThatThrownBy(() -> server.keys().revoke(key.key().id(), Actor.SYSTEM))
        .isInstanceOf(DatabaseAwayException.class);
    assertThat(server.journal().backlog()).isEqualTo(7);

    postgres = EmbeddedPostgres.start(data);
    awaitAnswers();
    awaitWritten();
    ChannelStream over = server.streams().find(events.stream());
    assertThat(over.state()).isEqualTo(StreamState.ENDED_GRACEFULLY);
    assertThat(over.totals()).isEqualTo(new StreamTotals(2, 1, 99_000, 99, 4, 9));
    assertThat(server.streams().find(next.stream()).state()).isEqualTo(StreamState.ACTIVE);
    assertThat(
            server.select(
                "SELECT string_agg(subject_id || ' ' || action, ', ' ORDER BY id) FROM audit"
                    + " WHERE subject_kind = 'stream'"))
        .contains(
            "live stream-started, live epoch-began, live stream-recovering, live stream-resumed,"
                + " live epoch-began, live stream-ended, next stream-started, next epoch-began");
    assertThat(check("unknown")).isInstanceOf(KeyCheck.Refused.class);
  }

  @Test
  void databaseThatStopsWithinATransaction_hasItsEventOnce() throws Exception {
    CountDownLatch held = new CountDownLatch(1);
    CompletableFuture<Void> holder =
        CompletableFuture.runAsync(
            () ->
                database.useTransaction(
                    handle -> {
                      int _ = handle.execute("LOCK TABLE audit IN EXCLUSIVE MODE");
                      held.countDown();
                      int _ = handle.execute("SELECT pg_sleep(600)");
                    }),
            Thread::startVirtualThread);
    assertThat(held.await(20, TimeUnit.SECONDS)).isTrue();
    journal(events.started(SHOW, Optional.of(key.key().id())));
    awaitHalfWritten();
    postgres.close();
    assertThat(holder).failsWithin(DEADLINE);
    journal(events.epoch(0));
    postgres = EmbeddedPostgres.start(data);
    awaitWritten();
    assertThat(server.streams().find(events.stream()).state()).isEqualTo(StreamState.ACTIVE);
    assertThat(server.count("audit WHERE subject_kind = 'stream'")).isEqualTo(2);
  }

  @Test
  void close_isBounded_whileTheDatabaseIsAway() {
    postgres.close();
    journal(events.started(SHOW, Optional.empty()));
    journal(events.measured(1));
    long begin = System.nanoTime();
    server.close();
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(20));
    assertThat(server.journal().backlog()).isEqualTo(1);
  }

  private KeyCheck check(String secret) {
    return server.keys().check(secret, "192.0.2.7");
  }

  private void journal(StreamEvent event) {
    server.journal().onEvent(event);
    clock.advance(Duration.ofMillis(1));
  }

  /// Until the journal's transaction waits for the audit log.
  private void awaitHalfWritten() {
    await()
        .atMost(DEADLINE)
        .until(
            () -> server.count("pg_locks WHERE NOT granted AND relation = 'audit'::regclass") > 0);
  }

  private void awaitAnswers() {
    await()
        .atMost(DEADLINE)
        .until(
            () -> {
              database.watch();
              return database.answers();
            });
  }

  private void awaitWritten() {
    await().atMost(DEADLINE).until(() -> server.journal().backlog() == 0);
  }
}
