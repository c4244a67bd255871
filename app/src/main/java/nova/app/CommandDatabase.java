package nova.app;

import java.nio.file.Path;
import java.util.function.Function;
import nova.app.config.AppConfig;
import nova.app.error.StartupException;
import nova.control.backup.BackupException;
import nova.control.database.Database;
import nova.control.database.DatabaseAwayException;
import nova.control.database.DatabaseConfig;
import nova.control.database.DatabaseStartException;
import nova.control.database.EmbeddedPostgres;

/// The database of a server, for a command that does one thing and ends. One of our own is that of
/// the server which runs on the data folder, else it runs as long as the command. A signal ends it
/// and the process, as it ends any other.
///
/// *Confined to the main thread.*
final class CommandDatabase {
  private final DataFolder data;
  private final DatabaseConfig config;
  private final Lifecycle lifecycle;

  /// @param lifecycle of the command, which this closes
  CommandDatabase(AppConfig config, Lifecycle lifecycle) {
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
    AutoCloseable _ = lifecycle.own("lock of the data folder", data.lock());
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
    Path folder = data.path();
    return EmbeddedPostgres.running(folder, config.connections(), config.patience())
        .orElseGet(
            () -> {
              data.prepare();
              return lifecycle
                  .own("database", EmbeddedPostgres.start(folder))
                  .config(config.connections(), config.patience());
            });
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
