package nova.app;

import java.util.concurrent.Callable;
import nova.app.config.AppConfig;
import nova.app.error.StartupException;
import nova.control.database.Migration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `nova migrate`: brings the schema of the database up to date, which services of several leave to
/// it.
@Command(
    name = "migrate",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description =
        "Bring the database to this version, before services are started that share it."
            + " `nova start` does that by itself.",
    sortOptions = false)
final class MigrateCommand implements Callable<Integer> {
  @Mixin private DataOptions data = new DataOptions();

  @Override
  public Integer call() {
    AppConfig config = data.readForCommand(System.getenv());
    if (config.database().isEmbedded()) {
      throw new StartupException(
          "database.url is empty (expected: the PostgreSQL that services share, such as"
              + " jdbc:postgresql://db.example.com/nova; `nova start` brings its own up to date)");
    }
    try (Lifecycle lifecycle = new Lifecycle()) {
      CommandDatabase database = new CommandDatabase(config, lifecycle);
      Migration done = database.use(Migration::run);
      System.out.println(
          done.before() == done.after()
              ? "%s is at version %d already".formatted(database, done.after())
              : "%s was brought from version %d to %d"
                  .formatted(database, done.before(), done.after()));
    }
    return 0;
  }
}
