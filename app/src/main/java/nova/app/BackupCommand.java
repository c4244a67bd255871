package nova.app;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import nova.control.backup.Backup;
import nova.control.backup.BackupManifest;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `nova backup`: writes the database into one file.
@Command(
    name = "backup",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description =
        "Write all that the database holds - channels, keys, tokens, streams, metrics - into one"
            + " file, as of one moment. The server may run meanwhile, or not.",
    sortOptions = false)
final class BackupCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", description = "Zip file to write, which is not there yet.")
  private @Nullable Path file;

  @Mixin private DataOptions options = new DataOptions();

  @Override
  public Integer call() {
    Path to = Objects.requireNonNull(file, "picocli requires it");
    Lifecycle lifecycle = new Lifecycle();
    CommandDatabase database =
        new CommandDatabase(options.readForCommand(System.getenv()), lifecycle);
    database.requireExisting();
    NewFile written = lifecycle.own("unfinished file", NewFile.create(to));
    BackupManifest manifest =
        database.use(
            rows -> {
              try (OutputStream out = written.open()) {
                BackupManifest done = Backup.write(rows, out, BackupCommand::progress);
                written.complete();
                return done;
              } catch (IOException e) {
                throw written.failed(e);
              }
            });
    System.out.printf(
        "nova backup: wrote %s with %d rows of %d tables (schema %d) as of %s%n",
        to,
        manifest.rows(),
        manifest.tables().size(),
        manifest.schemaVersion(),
        manifest.createdAt());
    return 0;
  }

  /// Says how far a backup is.
  static void progress(String table, long rows) {
    System.err.printf("nova: rows of %s: %d%n", table, rows);
  }
}
