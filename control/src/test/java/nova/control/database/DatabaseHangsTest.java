package nova.control.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A database that neither answers nor refuses, as when its machine loses power.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DatabaseHangsTest {
  private static final SessionLimits SHORT =
      new SessionLimits(Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofMinutes(1));

  @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

  private DatabaseConfig direct;
  private SilentProxy proxy;
  private Database database;

  @BeforeEach
  void open() throws Exception {
    direct = patient(DATABASE.config(), Duration.ofSeconds(1));
    proxy = SilentProxy.to(direct);
    database = Database.open(proxy.through(direct, 2), SHORT);
  }

  @AfterEach
  void close() throws Exception {
    proxy.close();
    database.close();
  }

  @Test
  void watch_noticesIt_andThatItAnswersAgain() {
    database.watch();
    assertThat(database.answers()).isTrue();
    proxy.silence();
    database.watch();
    assertThat(database.answers()).isFalse();
    assertThatThrownBy(this::select).isInstanceOf(DatabaseAwayException.class);
    database.watch();
    assertThat(database.answers()).as("on a new connection").isFalse();
    proxy.speak();
    database.watch();
    assertThat(database.answers()).isTrue();
    assertThat(database.schemaVersion()).isEqualTo(database.newestSchemaVersion());
  }

  @Test
  void queryThatItSwallows_fails() {
    assertThat(select()).isEqualTo(1);
    proxy.silence();
    assertThatThrownBy(this::select).isInstanceOf(DatabaseAwayException.class);
  }

  @Test
  void allConnectionsInUse_doNotMakeItAway() throws Exception {
    CountDownLatch held = new CountDownLatch(2);
    CountDownLatch released = new CountDownLatch(1);
    CompletableFuture<?>[] holders = {hold(held, released), hold(held, released)};
    assertThat(held.await(20, TimeUnit.SECONDS)).isTrue();
    database.watch();
    assertThat(database.answers()).isTrue();
    released.countDown();
    Void _ = CompletableFuture.allOf(holders).join();
  }

  @Test
  void closed_staysAway() {
    database.close();
    database.watch();
    assertThat(database.answers()).isFalse();
  }

  private CompletableFuture<Void> hold(CountDownLatch held, CountDownLatch released) {
    return CompletableFuture.runAsync(
        () ->
            database.useTransaction(
                _ -> {
                  held.countDown();
                  try {
                    boolean _ = released.await(20, TimeUnit.SECONDS);
                  } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                  }
                }),
        Thread::startVirtualThread);
  }

  private int select() {
    return database.inTransaction(
        handle -> handle.createQuery("SELECT 1").mapTo(Integer.class).one());
  }

  private static DatabaseConfig patient(DatabaseConfig config, Duration patience) {
    return new DatabaseConfig(
        config.url(), config.user(), config.password(), config.connections(), patience);
  }
}
