package nova.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import nova.app.config.AppConfig;
import nova.app.config.ConfigReader;
import nova.app.error.StartupException;
import nova.app.local.LocalServer;
import nova.app.process.NovaProcess;
import nova.control.database.Database;
import nova.control.database.EmbeddedPostgres;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Commands and servers that want the database of one data folder, in either order.
@Timeout(120)
class CommandDatabaseIT {
  private static final Map<String, String> OWN_DATABASE = Map.of("NOVA_DATABASE_URL", "");
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir private Path folder;

  @Test
  void serverThatStartsDuringACommand_waits_insteadOfLosingItsDatabase() throws Exception {
    try (NovaProcess first = NovaProcess.start(folder, OWN_DATABASE)) {
      first.terminate();
      assertThat(first.awaitExit()).isZero();
    }
    CommandDatabase command = command(LONG);
    command.requireExisting();

    try (NovaProcess server = command.use(_ -> startWaiting())) {
      NovaProcess.Ready _ = server.awaitReady();
      assertThat(server.get("/health/ready").statusCode()).isEqualTo(200);
      try (NovaProcess second = NovaProcess.serve(folder, OWN_DATABASE, "start")) {
        assertThat(second.awaitExit()).isEqualTo(1);
        assertThat(second.err()).contains("is in use by another server, a backup or a restore");
      }
    }
  }

  private NovaProcess startWaiting() {
    try {
      NovaProcess server = NovaProcess.serve(folder, OWN_DATABASE, "start");
      server.awaitErr("waiting for another command");
      return server;
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void commandDuringTheStartOfAServer_waitsForIt_andLeavesItsDatabaseRunning() throws Exception {
    DataFolder starting = DataFolder.of(config());
    starting.prepare();
    try (AutoCloseable _ = starting.lock()) {
      CompletableFuture<Integer> command =
          CompletableFuture.supplyAsync(() -> command(LONG).use(Database::othersConnected));
      try (EmbeddedPostgres postgres = EmbeddedPostgres.start(data());
          Database server = Database.open(postgres.config(2, PATIENCE))) {
        assertThat(command).as("the server has not started").isNotDone();
        LocalServer started =
            new LocalServer("http://127.0.0.1:1", "none", ProcessHandle.current().pid());
        try (AutoCloseable _ = started.announce(data())) {
          assertThat(command.get(60, TimeUnit.SECONDS)).as("the server's").isPositive();
        }
        assertThat(EmbeddedPostgres.running(data(), 1, PATIENCE)).isPresent();
        int _ = server.schemaVersion(); // throws when its database has stopped
      }
    }
  }

  @Test
  void commandDuringAnotherCommand_isRefusedInOneSentence() throws Exception {
    DataFolder other = DataFolder.of(config());
    other.prepare();
    try (AutoCloseable _ = other.lock()) {
      assertThatThrownBy(() -> command(Duration.ofMillis(1)).use(Database::schemaVersion))
          .isInstanceOf(StartupException.class)
          .hasMessageContaining("no server with a database of its own runs there");
    }
    assertThat(Files.exists(data().resolve("postgres"))).isFalse();
  }

  private Path data() {
    return folder.resolve("nova-data");
  }

  private CommandDatabase command(Duration startPatience) {
    return new CommandDatabase(config(), new Lifecycle(), startPatience);
  }

  private AppConfig config() {
    return new ConfigReader(_ -> {})
        .read(Optional.empty(), Map.of("NOVA_DATA", data().toString()), Map.of());
  }
}
