package nova.control.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Transactions of others that stay open, as when their server is cut off from the database.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SessionLimitsTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Duration SHORT = Duration.ofMillis(100);

  @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

  @Test
  void lockOfAnother_isNotWaitedForForEver() {
    DatabaseConfig config = DATABASE.createEmpty();
    try (Database holding = Database.open(config);
        Database waiting = Database.open(config, new SessionLimits(LONG, SHORT, LONG))) {
      holding.useTransaction(
          held -> {
            lock(held);
            assertThatThrownBy(() -> waiting.useTransaction(SessionLimitsTest::lock))
                .isInstanceOf(DatabaseAwayException.class)
                .hasMessageContaining("lock timeout");
          });
      waiting.useTransaction(SessionLimitsTest::lock);
    }
  }

  @Test
  void transactionThatRests_isEnded_andItsLocksWithIt() {
    DatabaseConfig config = DATABASE.createEmpty();
    try (Database resting = Database.open(config, new SessionLimits(LONG, LONG, SHORT));
        Database waiting = Database.open(config, new SessionLimits(LONG, LONG, LONG))) {
      assertThatThrownBy(
              () ->
                  resting.useTransaction(
                      held -> {
                        lock(held);
                        waiting.useTransaction(SessionLimitsTest::lock); // when it has ended
                        int _ = held.execute("SELECT 1");
                      }))
          .isInstanceOf(DatabaseAwayException.class);
      resting.useTransaction(SessionLimitsTest::lock);
    }
  }

  @Test
  void serversHaveLimits_butLongWorkHasNone() {
    DatabaseConfig config = DATABASE.createEmpty();
    try (Database server = Database.open(config);
        Database longWork = Database.connect(config)) {
      assertThat(show(server, "lock_timeout")).isEqualTo("5s");
      assertThat(show(server, "idle_in_transaction_session_timeout")).isEqualTo("1min");
      assertThat(show(longWork, "lock_timeout")).isEqualTo("0");
      assertThat(show(longWork, "idle_in_transaction_session_timeout")).isEqualTo("0");
    }
  }

  private static String show(Database database, String setting) {
    return database.inTransaction(
        handle -> handle.createQuery("SHOW " + setting).mapTo(String.class).one());
  }

  private static void lock(Handle handle) {
    int _ = handle.execute("LOCK TABLE audit IN EXCLUSIVE MODE");
  }
}
