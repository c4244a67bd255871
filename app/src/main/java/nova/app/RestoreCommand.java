package nova.app;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import nova.app.error.StartupException;
import nova.control.backup.Backup;
import nova.control.backup.BackupException;
import nova.control.backup.BackupFile;
import nova.control.backup.BackupManifest;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `nova restore`: fills an empty database from a backup.
@Command(
    name = "restore",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description =
        "Fill the database of a data folder, which has no channels yet, with what nova backup"
            + " wrote. No server runs there meanwhile.",
    sortOptions = false)
final class RestoreCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", description = "Zip file that nova backup wrote.")
  private @Nullable Path file;

  @Mixin private DataOptions options = new DataOptions();

  @Override
  public Integer call() {
    Path from = Objects.requireNonNull(file, "picocli requires it");
    CommandDatabase database =
        new CommandDatabase(options.readForCommand(System.getenv()), new Lifecycle());
    if (!Files.isReadable(from) || Files.isDirectory(from)) {
      throw new StartupException(
          "file '%s' cannot be read (expected: a file that nova backup wrote)".formatted(from));
    }
    // Checked before there is a database, for a database to be made for it.
    try (BackupFile backup = BackupFile.open(from)) {
      BackupManifest manifest = backup.manifest();
      database.keepServersOut();
      int schema =
          database.use(
              tables -> {
                Backup.restore(tables, backup, BackupCommand::progress);
                return tables.schemaVersion();
              });
      System.out.printf(
          "nova restore: filled %s with %d rows of %d tables as of %s (schema %d," + " now %d)%n",
          database,
          manifest.rows(),
          manifest.tables().size(),
          manifest.createdAt(),
          manifest.schemaVersion(),
          schema);
    } catch (BackupException e) {
      throw new StartupException(String.valueOf(e.getMessage()), e);
    }
    return 0;
  }
}
