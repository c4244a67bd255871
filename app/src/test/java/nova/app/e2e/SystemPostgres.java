package nova.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A PostgreSQL that is somebody else's: the system's programs, a cluster of its own on loopback,
/// and a user who owns one database and is nothing more.
///
/// *Confined to its creator's thread.*
final class SystemPostgres implements AutoCloseable {
  private static final Path VERSIONS = Path.of("/usr/lib/postgresql");
  private static final String ADMIN = "dba";
  private static final String PASSWORD = "secret of the tests";
  private static final int OLDEST = 14;

  private final Path programs;
  private final Path folder;
  private final int port;
  private final List<String> asUser;
  private boolean running;

  private SystemPostgres(Path programs, Path folder, int port, List<String> asUser) {
    this.programs = programs;
    this.folder = folder;
    this.port = port;
    this.asUser = asUser;
  }

  /// Makes a cluster in `target`, starts it, and makes the database.
  static SystemPostgres create() {
    try {
      return made();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static SystemPostgres made() throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "system-postgres");
    SystemPostgres postgres = new SystemPostgres(programs(), folder, freePort(), asUser(folder));
    postgres.makeCluster();
    postgres.start();
    Runtime.getRuntime().addShutdownHook(new Thread(postgres::close));
    postgres.execute("postgres", "CREATE ROLE nova LOGIN PASSWORD '%s'".formatted(PASSWORD));
    postgres.execute("postgres", "CREATE DATABASE nova OWNER nova");
    assertThat(postgres.majorVersion()).isGreaterThanOrEqualTo(OLDEST);
    return postgres;
  }

  /// The oldest of the versions that the system has.
  private static Path programs() throws IOException {
    try (Stream<Path> versions = Files.exists(VERSIONS) ? Files.list(VERSIONS) : Stream.empty()) {
      return versions
          .map(version -> version.resolve("bin"))
          .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
          .min(Comparator.comparing(bin -> Integer.valueOf(bin.getName(2).toString())))
          .orElseThrow(
              () ->
                  new AssertionError("no PostgreSQL in " + VERSIONS + "; `make deps` installs it"));
    }
  }

  /// PostgreSQL does not run as root, so its folder is given to somebody else then.
  private static List<String> asUser(Path folder) throws IOException {
    if (!System.getProperty("user.name").equals("root")) {
      return List.of();
    }
    var _ =
        Files.setOwner(
            folder,
            folder
                .getFileSystem()
                .getUserPrincipalLookupService()
                .lookupPrincipalByName("postgres"));
    return List.of("runuser", "-u", "postgres", "--");
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void makeCluster() throws IOException, InterruptedException {
    Path password = Files.writeString(folder.resolve("password"), PASSWORD);
    Path _ = Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-r--r--"));
    run(
        "initdb",
        "-D",
        "cluster",
        "-U",
        ADMIN,
        "-A",
        "scram-sha-256",
        "--pwfile",
        "password",
        "-E",
        "UTF8",
        "--locale",
        "C",
        "--no-sync");
  }

  /// Starts it again on what it had, and waits until it accepts.
  void start() throws IOException, InterruptedException {
    run(
        "pg_ctl",
        "start",
        "-w",
        "-D",
        "cluster",
        "-l",
        "log",
        "-o",
        "-p %d -h 127.0.0.1 -k '' -F".formatted(port));
    running = true;
  }

  /// Stops it under the hands of those who use it.
  void stop() throws IOException, InterruptedException {
    run("pg_ctl", "stop", "-w", "-D", "cluster", "-m", "fast");
    running = false;
  }

  private void run(String program, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(asUser);
    command.add(programs.resolve(program).toString());
    command.addAll(Arrays.asList(arguments));
    Path said = folder.resolve(program + ".txt"); // no pipe: the server would hold it open
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("%s in time", program).isTrue();
    assertThat(process.exitValue()).as("%s: %s", program, Files.readString(said)).isZero();
  }

  /// The settings of a server that uses the database.
  Map<String, String> environment() {
    return Map.of(
        "NOVA_DATABASE_URL",
        url("nova"),
        "NOVA_DATABASE_USER",
        "nova",
        "NOVA_DATABASE_PASSWORD",
        PASSWORD,
        "NOVA_DATABASE_CONNECTIONS",
        "4");
  }

  private String url(String database) {
    return "jdbc:postgresql://127.0.0.1:%d/%s".formatted(port, database);
  }

  /// The rows of a query of the database, each with its columns joined by spaces.
  List<String> rows(String sql) {
    try (Connection connection = connect("nova");
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      List<String> rows = new ArrayList<>();
      while (result.next()) {
        List<String> columns = new ArrayList<>();
        for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
          columns.add(result.getString(i));
        }
        rows.add(String.join(" ", columns));
      }
      return rows;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Gives the user of [#environment] another password.
  void setPassword(String password) {
    execute("postgres", "ALTER ROLE nova PASSWORD '%s'".formatted(password));
  }

  private int majorVersion() {
    return Integer.parseInt(rows("SHOW server_version_num").getFirst()) / 10_000;
  }

  private void execute(String database, String sql) {
    try (Connection connection = connect(database);
        Statement statement = connection.createStatement()) {
      boolean _ = statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private Connection connect(String database) throws SQLException {
    return DriverManager.getConnection(url(database), ADMIN, PASSWORD);
  }

  @Override
  public synchronized void close() {
    if (!running) {
      return;
    }
    try {
      stop();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
