package nova.app;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import nova.app.config.AppConfig;
import nova.app.error.StartupException;
import nova.app.local.LocalServer;
import nova.control.backup.BackupException;
import nova.control.database.Database;
import nova.control.database.DatabaseAwayException;
import nova.control.database.DatabaseConfig;
import nova.control.database.DatabaseStartException;
import nova.control.database.EmbeddedPostgres;

/// The database of a server, for a command that does one thing and ends. One of our own is that of
/// the server which runs on the data folder; else the command starts it and stops it again, and has
/// the data folder for itself meanwhile, so that no server begins to use what is about to stop. A
/// signal ends it and the process, as it ends any other.
///
/// *Confined to the main thread.*
final class CommandDatabase {
  /// Of a server's start on a slow disk, with recovery, and of its end.
  private static final Duration START_PATIENCE = Duration.ofSeconds(60);

  private static final Duration ASKED_EVERY = Duration.ofMillis(100);

  private final DataFolder data;
  private final DatabaseConfig config;
  private final Lifecycle lifecycle;
  private final Duration startPatience;
  private boolean locked;

  /// @param lifecycle of the command, which this closes
  CommandDatabase(AppConfig config, Lifecycle lifecycle) {
    this(config, lifecycle, START_PATIENCE);
  }

  /// @param startPatience how long a server that has the data folder may take until it runs
  CommandDatabase(AppConfig config, Lifecycle lifecycle, Duration startPatience) {
    this.startPatience = startPatience;
    this.data = DataFolder.of(config);
    this.config = config.database();
    this.lifecycle = lifecycle;
  }

  /// @throws StartupException when there is no database of our own, and it would have to be made
  void requireExisting() {
    if (config.isEmbedded() && !EmbeddedPostgres.exists(data.path())) {
      throw new StartupException(
          "there is no database in '%s' (expected: the data folder of a server, named with --data)"
              .formatted(data.path()));
    }
  }

  /// No server starts on the data folder until the command is done.
  ///
  /// @throws StartupException while one runs there
  void keepServersOut() {
    data.prepare();
    own(data.lock());
  }

  private void own(AutoCloseable lock) {
    AutoCloseable _ = lifecycle.own("lock of the data folder", lock);
    locked = true;
  }

  /// Does something with the database, whatever its schema.
  ///
  /// @throws StartupException with a sentence when that cannot be done
  <T> T use(Function<Database, T> work) {
    Thread hook = new Thread(lifecycle::close, "shutdown");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      return work.apply(lifecycle.own("connections", Database.connect(address())));
    } catch (BackupException | DatabaseAwayException | DatabaseStartException e) {
      throw new StartupException(String.valueOf(e.getMessage()), e);
    } finally {
      lifecycle.close();
      forget(hook);
    }
  }

  private DatabaseConfig address() {
    if (!config.isEmbedded()) {
      return config;
    }
    data.prepare();
    long startNs = System.nanoTime();
    while (!locked) {
      data.tryLock().ifPresent(this::own);
      if (!locked) {
        Optional<DatabaseConfig> ofServer = ofRunningServer();
        if (ofServer.isPresent()) {
          return ofServer.get();
        }
        if (System.nanoTime() - startNs > startPatience.toNanos()) {
          throw new StartupException(
              "data folder %s is in use, and no server with a database of its own runs there; wait for the end of another backup or restore, or give --config and the environment of the server"
                  .formatted(data.path()));
        }
        pause();
      }
    }
    return running().orElseGet(this::started);
  }

  /// That of a server which has started: before, its PostgreSQL may not answer yet, and that of
  /// another command is about to stop.
  private Optional<DatabaseConfig> ofRunningServer() {
    return LocalServer.find(data.path()).flatMap(_ -> running());
  }

  private Optional<DatabaseConfig> running() {
    return EmbeddedPostgres.running(data.path(), config.connections(), config.patience());
  }

  private DatabaseConfig started() {
    return lifecycle
        .own("database", EmbeddedPostgres.start(data.path()))
        .config(config.connections(), config.patience());
  }

  private static void pause() {
    try {
      Thread.sleep(ASKED_EVERY); // nobody tells of a file that is let go; startPatience bounds it
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartupException("interrupted", e);
    }
  }

  private static void forget(Thread hook) {
    try {
      boolean _ = Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException _) {
      // A signal came, and the hook runs.
    }
  }

  /// Which one, for people.
  @Override
  public String toString() {
    return config.isEmbedded() ? "the database in " + data.path() : config.toString();
  }
}
