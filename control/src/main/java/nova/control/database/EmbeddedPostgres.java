package nova.control.database;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// A PostgreSQL of our own, for one server, beside its other data: who has no database needs none.
///
///     <data>/postgres/cluster    what PostgreSQL keeps
///     <data>/postgres/making     while that is made, at the first start
///     <data>/postgres/password   of its only user; for our eyes only
///     <data>/postgres/port       on loopback, the same after every start
///     <data>/postgres/log        what PostgreSQL says
///     <data>/postgres/software   its programs, unpacked
///
/// A server that was killed leaves its PostgreSQL behind; the next one on the same data goes on with
/// it, unless it is stopping: then the next one waits until it can start another. When PostgreSQL is
/// killed, as by a kernel that is out of memory, [#keepRunning] starts it again.
///
/// *Thread-safe.*
public final class EmbeddedPostgres implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EmbeddedPostgres.class);
  private static final String USER = "postgres";
  private static final Duration START_PATIENCE = Duration.ofSeconds(60); // with recovery
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(60); // on a slow disk
  private static final int PASSWORD_BYTES = 20;
  private static final int PORT_LINE = 3; // of postmaster.pid, from 0
  private static final int LONGEST_REST = 64; // looks between two starts
  private static final int STATUS_LINE = 7;

  // Unlike the library's defaults, what was committed is on the disk. The rest is for little
  // memory.
  private static final Map<String, String> SETTINGS =
      Map.of(
          "fsync", "on",
          "synchronous_commit", "on",
          "listen_addresses", "127.0.0.1",
          "unix_socket_directories", "",
          "max_connections", "40",
          "shared_buffers", "64MB",
          "io_method", "sync");

  private final String password;
  private final Path folder;
  private final int port;
  private io.zonky.test.db.postgres.embedded.EmbeddedPostgres server;
  private boolean closed;
  private int starts; // again, since it ran for long enough
  private int rest; // looks until it may be started again
  private String toldReason = ""; // why it did not start

  private EmbeddedPostgres(
      io.zonky.test.db.postgres.embedded.EmbeddedPostgres server, String password, Path folder) {
    this.server = server;
    this.password = password;
    this.folder = folder;
    this.port = server.getPort();
  }

  /// Starts it, or goes on with one that a killed server left.
  ///
  /// @param data folder of the server, which nobody else uses meanwhile
  /// @throws DatabaseStartException when it cannot run here
  public static EmbeddedPostgres start(Path data) {
    Path folder = data.resolve("postgres");
    try {
      create(folder);
      awaitEndOfStopping(pidFile(folder));
      UnfinishedCluster unfinished = new UnfinishedCluster(folder);
      if (runningOn(pidFile(folder)).isEmpty()) {
        unfinished.delete();
      }
      if (!Files.exists(folder.resolve("cluster"))) {
        unfinished.begin();
        log.atInfo()
            .addKeyValue("folder", folder)
            .log("making the database, which takes a few seconds the first time");
      }
      Path secret = folder.resolve("password");
      String password =
          Files.exists(secret) ? Files.readString(secret).strip() : newPassword(secret);
      int port = port(folder);
      EmbeddedPostgres started =
          new EmbeddedPostgres(start(folder, secret, password, port), password, folder);
      unfinished.end();
      return started;
    } catch (IOException | RuntimeException e) {
      throw new DatabaseStartException(
          "the embedded PostgreSQL cannot start in %s: %s (expected: as root, user namespaces and"
                  .formatted(folder, e.getMessage())
              + " `unshare`, and a system with glibc; run Nova as another user, or set database.url"
              + " to a PostgreSQL of version 14 or later)",
          e);
    }
  }

  /// Whether there is one in a folder, running or not.
  public static boolean exists(Path data) {
    Path folder = data.resolve("postgres");
    return Files.exists(folder.resolve("cluster").resolve("PG_VERSION"))
        && !new UnfinishedCluster(folder).exists();
  }

  /// How to connect to one that runs already, which goes on when whoever connects is done.
  ///
  /// @param data folder of the server
  /// @return empty when none runs there
  /// @throws DatabaseStartException when the folder cannot be read
  public static Optional<DatabaseConfig> running(Path data, int connections, Duration patience) {
    Path folder = data.resolve("postgres");
    try {
      Optional<Integer> port = runningOn(pidFile(folder));
      if (port.isEmpty()) {
        return Optional.empty();
      }
      String password = Files.readString(folder.resolve("password")).strip();
      return Optional.of(config(port.get(), password, connections, patience));
    } catch (IOException | RuntimeException e) {
      throw new DatabaseStartException(
          "the embedded PostgreSQL in %s cannot be reached: %s (expected: run by the user that"
                  .formatted(folder, e)
              + " runs the server)",
          e);
    }
  }

  private static io.zonky.test.db.postgres.embedded.EmbeddedPostgres start(
      Path folder, Path secret, String password, int port) throws IOException {
    var builder =
        io.zonky.test.db.postgres.embedded.EmbeddedPostgres.builder()
            .setDataDirectory(folder.resolve("cluster"))
            .setCleanDataDirectory(false)
            .setRegisterShutdownHook(false)
            .setPort(port)
            .setOverrideWorkingDirectory(folder.resolve("software").toFile())
            .setPGStartupWait(START_PATIENCE)
            .setLocaleConfig("locale", "C")
            // Options of initdb, too: nobody without the password, from the first moment on.
            .setLocaleConfig("auth", "scram-sha-256")
            .setLocaleConfig("pwfile", secret.toString())
            .setConnectConfig("password", password)
            .setOutputRedirector(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()));
    SETTINGS.forEach(builder::setServerConfig);
    return builder.start();
  }

  /// For nobody else: the library makes its folder of programs writable for all.
  private static void create(Path folder) throws IOException {
    Path _ = Files.createDirectories(folder.toAbsolutePath().getParent());
    if (!Files.exists(folder)) {
      Path _ = Files.createDirectory(folder, permissions("rwx------"));
    }
  }

  private static FileAttribute<Set<PosixFilePermission>> permissions(String permissions) {
    return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions));
  }

  private static String newPassword(Path secret) throws IOException {
    byte[] random = new byte[PASSWORD_BYTES];
    new SecureRandom().nextBytes(random);
    String password = HexFormat.of().formatHex(random);
    WholeFile.write(secret, password, "rw-------");
    return password;
  }

  /// The port of the one that runs already, else the one of last time, else a free one.
  private static int port(Path folder) throws IOException {
    Optional<Integer> running = runningOn(pidFile(folder));
    if (running.isPresent()) {
      return running.get();
    }
    Path kept = folder.resolve("port");
    int port = 0;
    if (Files.exists(kept)) {
      port = Integer.parseInt(Files.readString(kept).strip());
    }
    if (port == 0 || !isFree(port)) {
      port = freePort();
      WholeFile.write(kept, Integer.toString(port), "rw-r--r--");
    }
    return port;
  }

  private static Optional<Integer> runningOn(Path pidFile) throws IOException {
    List<String> lines = lines(pidFile);
    return process(lines).isPresent() && lines.size() > PORT_LINE && !isStopping(lines)
        ? Optional.of(Integer.parseInt(lines.get(PORT_LINE).strip()))
        : Optional.empty();
  }

  private static void awaitEndOfStopping(Path pidFile) throws IOException {
    List<String> lines = lines(pidFile);
    Optional<ProcessHandle> process = process(lines);
    if (process.isPresent() && isStopping(lines)) {
      UnfinishedCluster.awaitEnd(process.get(), STOP_PATIENCE);
    }
  }

  private static boolean isStopping(List<String> pidFile) {
    return pidFile.size() > STATUS_LINE && pidFile.get(STATUS_LINE).strip().equals("stopping");
  }

  private static List<String> lines(Path pidFile) throws IOException {
    try {
      return Files.readAllLines(pidFile);
    } catch (NoSuchFileException _) {
      return List.of(); // none runs
    }
  }

  private static Optional<ProcessHandle> process(List<String> pidFile) {
    return pidFile.isEmpty()
        ? Optional.empty()
        : ProcessHandle.of(Long.parseLong(pidFile.getFirst().strip()))
            .filter(
                process ->
                    process.info().command().filter(path -> path.endsWith("postgres")).isPresent());
  }

  private static boolean isFree(int port) {
    try (ServerSocket _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return true;
    } catch (IOException _) {
      return false;
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /// How to connect to it.
  public DatabaseConfig config(int connections, Duration patience) {
    return config(port, password, connections, patience);
  }

  private static DatabaseConfig config(
      int port, String password, int connections, Duration patience) {
    String url = "jdbc:postgresql://127.0.0.1:%d/%s".formatted(port, USER);
    return new DatabaseConfig(url, USER, password, connections, patience);
  }

  /// Looks whether its process is there, once, and starts it again if not; to be repeated by who
  /// started it. After a start it rests for some looks, the longer the less that helps.
  public synchronized void keepRunning() {
    if (closed) {
      return;
    }
    if (rest > 0) {
      rest--;
      return;
    }
    if (process(folder).isPresent()) {
      starts = 0;
      return;
    }
    rest = Math.min(LONGEST_REST, 1 << Math.min(starts + 1, Integer.SIZE - 2));
    starts++;
    if (starts == 1) {
      log.atWarn()
          .addKeyValue("folder", folder)
          .log("the embedded PostgreSQL has ended by itself; it is started again");
    }
    startAgain();
  }

  private void startAgain() {
    try {
      if (!isFree(port)) { // who connects knows no other
        throw new IOException("port %d is taken by another program".formatted(port));
      }
      server.close(); // lets go of the folder
      // A start that fails never lets go; nobody else is here, as the data folder is locked.
      boolean _ = Files.deleteIfExists(folder.resolve("cluster").resolve("epg-lock"));
      server = start(folder, folder.resolve("password"), password, port);
      toldReason = "";
      log.atInfo().addKeyValue("folder", folder).log("the embedded PostgreSQL runs again");
    } catch (IOException | RuntimeException e) {
      String reason = String.valueOf(e.getMessage());
      log.atLevel(reason.equals(toldReason) ? Level.DEBUG : Level.WARN)
          .addKeyValue("folder", folder)
          .log("the embedded PostgreSQL cannot start again for now: {}", reason);
      toldReason = reason;
    }
  }

  private static Path pidFile(Path folder) {
    return folder.resolve("cluster").resolve("postmaster.pid");
  }

  private static Optional<ProcessHandle> process(Path folder) {
    try {
      return process(Files.readAllLines(pidFile(folder)));
    } catch (IOException | NumberFormatException _) {
      return Optional.empty(); // none, or it is just being written
    }
  }

  /// Stops it; what was committed stays. Waits until it has ended, for [#STOP_PATIENCE] at most.
  @Override
  public synchronized void close() {
    closed = true;
    try {
      Optional<ProcessHandle> process = process(folder);
      server.close(); // which waits for 5 s
      if (process.isPresent()) {
        boolean _ = process.get().destroy(); // one whose start took too long for `server`
        ProcessHandle _ = process.get().onExit().get(STOP_PATIENCE.toSeconds(), TimeUnit.SECONDS);
      }
    } catch (IOException | ExecutionException | TimeoutException e) {
      throw new DatabaseAwayException("the embedded PostgreSQL does not stop", e);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
