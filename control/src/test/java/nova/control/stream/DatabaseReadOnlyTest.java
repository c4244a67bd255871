package nova.control.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Optional;
import nova.control.TestEvents;
import nova.control.TestServer;
import nova.control.database.Database;
import nova.control.database.DatabaseAwayException;
import nova.control.database.DatabaseConfig;
import nova.control.database.TestDatabase;
import nova.core.ChannelSlug;
import nova.core.StreamId;
import nova.core.StreamState;
import nova.testkit.FakeClock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A database that can only be read for a while, as a standby that is about to take over.
class DatabaseReadOnlyTest {
  private static final ChannelSlug SHOW = new ChannelSlug("show");
  private static final Duration DEADLINE = Duration.ofSeconds(20);

  @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

  private final FakeClock clock = new FakeClock();
  private final TestEvents events = new TestEvents(new StreamId("live"), clock);
  private DatabaseConfig config;

  @BeforeEach
  void create() {
    config = DATABASE.createEmpty();
    try (Database database = Database.open(config);
        TestServer server = TestServer.on(database, clock)) {
      var _ = server.channel(SHOW);
    }
  }

  @Test
  void events_areKept() {
    alter("SET default_transaction_read_only = on");
    try (Database database = Database.connect(config)) {
      TestServer server = TestServer.on(database, clock);
      server.journal().onEvent(events.started(SHOW, Optional.empty()));
      server.journal().onEvent(events.epoch(0));
      server.close();
      assertThat(server.journal().backlog()).isEqualTo(2);
    }
  }

  @Test
  void events_areWrittenWhenItCanBeWrittenTo() throws Exception {
    alter("SET default_transaction_read_only = on");
    try (Database database = Database.connect(config);
        TestServer server = TestServer.on(database, clock)) {
      server.journal().onEvent(events.started(SHOW, Optional.empty()));
      server.journal().onEvent(events.epoch(0));
      assertThatThrownBy(() -> server.channel(new ChannelSlug("other")))
          .isInstanceOf(DatabaseAwayException.class);
      database.watch();
      assertThat(database.answers()).isFalse();
      alter("RESET default_transaction_read_only");
      await()
          .atMost(DEADLINE)
          .until(
              () -> {
                database.watch();
                return database.answers() && server.journal().backlog() == 0;
              });
      assertThat(server.streams().find(events.stream()).state()).isEqualTo(StreamState.ACTIVE);
    }
  }

  @Test
  void watch_believesWhatNewConnectionsTell() throws Exception {
    try (Database database = Database.connect(config);
        TestServer server = TestServer.on(database, clock)) {
      database.watch();
      alter("SET default_transaction_read_only = on");
      DATABASE.useTransaction(
          handle -> {
            int _ =
                handle.execute(
                    """
                    SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
                     WHERE datname = ? AND query NOT LIKE '%read_only%'
                    """,
                    name());
          });
      await()
          .atMost(DEADLINE)
          .until(
              () -> {
                assertThatThrownBy(() -> server.channel(new ChannelSlug("other")))
                    .isInstanceOf(DatabaseAwayException.class);
                database.watch();
                return !database.answers();
              });
    }
  }

  private void alter(String how) {
    DATABASE.useTransaction(
        handle -> {
          int _ = handle.execute("ALTER DATABASE " + name() + " " + how);
        });
  }

  private String name() {
    return config.url().substring(config.url().lastIndexOf('/') + 1);
  }
}
