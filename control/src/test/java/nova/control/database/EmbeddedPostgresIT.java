package nova.control.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Real clusters in a folder.
class EmbeddedPostgresIT {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  @TempDir private Path data;

  @Test
  void rows_areThereAfterAnotherStart_onTheSamePort() {
    String url;
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(data);
        Database database = Database.open(postgres.config(2, PATIENCE))) {
      url = postgres.config(2, PATIENCE).url();
      database.useTransaction(
          handle -> {
            int _ = handle.execute("CREATE TABLE kept (n int)");
            int _ = handle.execute("INSERT INTO kept VALUES (7)");
          });
    }
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(data);
        Database database = Database.open(postgres.config(2, PATIENCE))) {
      assertThat(postgres.config(2, PATIENCE).url()).isEqualTo(url);
      assertThat(select(database, "SELECT n FROM kept")).isEqualTo("7");
    }
  }

  @Test
  void whatIsCommitted_isOnTheDisk_andNobodyWithoutThePasswordGetsIn() throws Exception {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(data);
        Database database = Database.open(postgres.config(2, PATIENCE))) {
      assertThat(select(database, "SHOW fsync")).isEqualTo("on");
      assertThat(select(database, "SHOW synchronous_commit")).isEqualTo("on");
      assertThat(select(database, "SHOW listen_addresses")).isEqualTo("127.0.0.1");
      String url = postgres.config(2, PATIENCE).url();
      assertThatThrownBy(() -> DriverManager.getConnection(url, "postgres", "guessed").close())
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("password authentication failed");
    }
    assertThat(permissions(data.resolve("postgres"))).isEqualTo("rwx------");
    assertThat(permissions(data.resolve("postgres").resolve("password"))).isEqualTo("rw-------");
  }

  @Test
  void postgresThatAKilledServerLeft_isGoneOnWith() throws Exception {
    Process killed = startKilledServer();
    String url;
    try (BufferedReader said = killed.inputReader()) {
      url = said.readLine();
    }
    assertThat(killed.waitFor()).isEqualTo(137);
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(data);
        Database database = Database.open(postgres.config(2, PATIENCE))) {
      assertThat(postgres.config(2, PATIENCE).url()).isEqualTo(url);
      assertThat(select(database, "SELECT 1")).isEqualTo("1");
    }
  }

  @Test
  void postgresThatIsStopping_isWaitedFor() throws Exception {
    Process killed = startKilledServer();
    String url;
    try (BufferedReader said = killed.inputReader()) {
      url = said.readLine();
    }
    assertThat(killed.waitFor()).isEqualTo(137);
    Path folder = data.resolve("postgres");
    Path pidFile = folder.resolve("cluster").resolve("postmaster.pid");
    String password = Files.readString(folder.resolve("password"));
    CompletableFuture<EmbeddedPostgres> next = new CompletableFuture<>();
    Thread starting =
        Thread.ofVirtual()
            .unstarted(
                () -> {
                  try {
                    next.complete(EmbeddedPostgres.start(data));
                  } catch (DatabaseStartException e) {
                    next.completeExceptionally(e);
                  }
                });
    try (Connection _ = DriverManager.getConnection(url, "postgres", password)) {
      long pid = Long.parseLong(Files.readAllLines(pidFile).getFirst());
      assertThat(ProcessHandle.of(pid).orElseThrow().destroy()).isTrue(); // waits for its clients
      await().atMost(DEADLINE).until(() -> status(pidFile).equals("stopping"));
      assertThat(EmbeddedPostgres.running(data, 1, PATIENCE)).isEmpty();
      starting.start();
      await()
          .pollInterval(Duration.ofMillis(1)) // it waits for moments
          .atMost(DEADLINE)
          .until(() -> starting.getState() == Thread.State.TIMED_WAITING);
    }
    try (EmbeddedPostgres postgres = next.get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        Database database = Database.open(postgres.config(2, PATIENCE))) {
      assertThat(postgres.config(2, PATIENCE).url()).isEqualTo(url);
      assertThat(select(database, "SELECT 1")).isEqualTo("1");
    }
  }

  @Test
  void firstStartThatIsKilled_isFollowedByAnother() throws Exception {
    Process killed = startKilledServer();
    Path written = data.resolve("postgres").resolve("cluster").resolve("postgresql.conf");
    await()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(1)) // what follows must find it half done
        .atMost(DEADLINE)
        .until(() -> Files.exists(written) || !killed.isAlive());
    int _ = killed.destroyForcibly().waitFor();
    assertThat(EmbeddedPostgres.exists(data)).isFalse();
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(data);
        Database database = Database.open(postgres.config(2, PATIENCE))) {
      assertThat(select(database, "SELECT 1")).isEqualTo("1");
      assertThat(EmbeddedPostgres.exists(data)).isTrue();
    }
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(data);
        Database database = Database.connect(postgres.config(2, PATIENCE))) {
      assertThat(database.schemaVersion()).as("kept").isEqualTo(database.newestSchemaVersion());
    }
  }

  @Test
  void runningOne_isFoundAndUsed_withoutBeingStopped() {
    assertThat(EmbeddedPostgres.running(data, 2, PATIENCE)).isEmpty();
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(data);
        Database server = Database.open(postgres.config(2, PATIENCE))) {
      DatabaseConfig found = EmbeddedPostgres.running(data, 2, PATIENCE).orElseThrow();
      assertThat(found).isEqualTo(postgres.config(2, PATIENCE));
      assertThat(server.othersConnected()).isZero();
      try (Database other = Database.connect(found)) {
        assertThat(other.othersConnected()).isPositive();
        assertThat(other.schemaVersion()).isEqualTo(server.newestSchemaVersion());
      }
      assertThat(select(server, "SELECT 1")).isEqualTo("1");
    }
    assertThat(EmbeddedPostgres.running(data, 2, PATIENCE)).isEmpty();
  }

  @Test
  void folderThatCannotBeUsed_isSaidInOneSentence_withTheWaysOut() throws Exception {
    Path file = Files.writeString(data.resolve("postgres"), "not a folder");
    assertThatThrownBy(() -> EmbeddedPostgres.start(data).close())
        .isInstanceOf(DatabaseStartException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("database.url");
  }

  @Test
  void databaseThatStopped_isAway_andBackAfterItsStart() {
    EmbeddedPostgres postgres = EmbeddedPostgres.start(data);
    try (Database database = Database.open(postgres.config(2, Duration.ofSeconds(1)))) {
      assertThat(select(database, "SELECT 1")).isEqualTo("1");
      postgres.close();
      assertThatThrownBy(() -> select(database, "SELECT 1"))
          .isInstanceOf(DatabaseAwayException.class)
          .hasMessageContaining("does not answer");
      try (EmbeddedPostgres _ = EmbeddedPostgres.start(data)) {
        assertThat(selectWhenBack(database, "SELECT 1")).isEqualTo("1");
      }
    }
  }

  @Test
  void postgresThatWasKilled_isStartedAgain_onTheSamePort_withWhatWasCommitted() throws Exception {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(data);
        Database database = Database.open(postgres.config(2, PATIENCE))) {
      database.useTransaction(
          handle -> {
            int _ = handle.execute("CREATE TABLE kept (n int)");
            int _ = handle.execute("INSERT INTO kept VALUES (7)");
          });
      String url = postgres.config(2, PATIENCE).url();
      ProcessHandle first = process();
      postgres.keepRunning();
      assertThat(process()).as("left alone while it runs").isEqualTo(first);

      kill(first);
      postgres.keepRunning();

      assertThat(process()).isNotEqualTo(first);
      assertThat(postgres.config(2, PATIENCE).url()).isEqualTo(url);
      assertThat(selectWhenBack(database, "SELECT n FROM kept")).isEqualTo("7");
    }
    assertThat(EmbeddedPostgres.running(data, 2, PATIENCE)).as("the second one").isEmpty();
  }

  @Test
  void postgresThatCannotStartAgain_isTriedAfterARest_andNotAfterItsEnd() throws Exception {
    EmbeddedPostgres postgres = EmbeddedPostgres.start(data);
    int port = Integer.parseInt(Files.readString(data.resolve("postgres").resolve("port")).strip());
    kill(process());
    try (ServerSocket _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      postgres.keepRunning();
    }
    postgres.keepRunning();
    postgres.keepRunning();
    assertThat(EmbeddedPostgres.running(data, 2, PATIENCE)).as("rests for two looks").isEmpty();
    postgres.keepRunning();
    assertThat(EmbeddedPostgres.running(data, 2, PATIENCE)).isPresent();
    postgres.close();
    for (int look = 0; look < 8; look++) {
      postgres.keepRunning();
    }
    assertThat(EmbeddedPostgres.running(data, 2, PATIENCE)).as("after its end").isEmpty();
  }

  private ProcessHandle process() throws IOException {
    Path file = data.resolve("postgres").resolve("cluster").resolve("postmaster.pid");
    return ProcessHandle.of(Long.parseLong(Files.readAllLines(file).getFirst())).orElseThrow();
  }

  /// With its children, which notice a little later.
  private static void kill(ProcessHandle postgres) throws Exception {
    List<ProcessHandle> all = Stream.concat(Stream.of(postgres), postgres.descendants()).toList();
    for (ProcessHandle process : all) {
      boolean _ = process.destroyForcibly();
      ProcessHandle _ = process.onExit().get(10, TimeUnit.SECONDS);
    }
  }

  /// A connection of before may be the first that is taken, and fail once more.
  private static String selectWhenBack(Database database, String sql) {
    for (int connection = 0; connection < 2; connection++) {
      try {
        return select(database, sql);
      } catch (DatabaseAwayException _) {
        // taken out of the pool by that
      }
    }
    return select(database, sql);
  }

  private Process startKilledServer() throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return new ProcessBuilder(
            java,
            "-cp",
            System.getProperty("java.class.path"),
            KilledServer.class.getName(),
            data.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static String status(Path pidFile) {
    try {
      return Files.readAllLines(pidFile).get(7).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private static String select(Database database, String sql) {
    return database.inTransaction(handle -> handle.createQuery(sql).mapTo(String.class).one());
  }
}
