package nova.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import nova.control.database.Database;
import nova.control.database.EmbeddedPostgres;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a person at a terminal sees of `nova backup` and `nova restore`.
class BackupIT {
  private static final Map<String, String> OWN_DATABASE = Map.of("NOVA_DATABASE_URL", "");

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  @TempDir private Path folder;

  private record Said(int exit, String out, String err) {
    void assertRefused(String sentence) {
      assertThat(exit).as(err).isEqualTo(1);
      assertThat(out).isEmpty();
      assertThat(err.lines()).hasSize(1);
      assertThat(err).startsWith("nova: ").contains(sentence);
    }
  }

  private Said nova(String... words) throws IOException, InterruptedException {
    try (NovaProcess nova = NovaProcess.run(folder, OWN_DATABASE, words)) {
      return new Said(nova.awaitExit(), nova.out(), nova.err());
    }
  }

  private static List<String> slugs(Database database) {
    return database.inTransaction(
        handle -> handle.createQuery("SELECT slug FROM channels").mapTo(String.class).list());
  }

  @Test
  void backup_isMade_besideARunningServerAndWithoutOne_andRestoredElsewhere() throws Exception {
    Path data = folder.resolve("data");
    try (NovaProcess server = NovaProcess.start(folder, OWN_DATABASE, "--data", "data")) {
      Said beside = nova("backup", "beside.zip", "--data", "data");
      assertThat(beside.exit).as(beside.err).isZero();
      assertThat(beside.out)
          .startsWith("nova backup: wrote beside.zip with ")
          .contains(" rows of ");
      assertThat(beside.err).contains("nova: rows of channels: 1");
      nova("restore", "beside.zip", "--data", "data")
          .assertRefused("is in use by another server, a backup or a restore");
      assertThat(server.get("/health/ready").statusCode()).isEqualTo(200);
      server.terminate();
      assertThat(server.awaitExit()).isZero();
    }

    Said without = nova("backup", "without.zip", "--data", "data");
    assertThat(without.exit).as(without.err).isZero();
    assertThat(EmbeddedPostgres.running(data, 1, PATIENCE)).as("left behind").isEmpty();
    Path written = folder.resolve("without.zip");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(written)))
        .isEqualTo("rw-------");
    nova("backup", "without.zip", "--data", "data").assertRefused("exists already");
    nova("restore", "without.zip", "--data", "data").assertRefused("has 1 channels already");

    Said restored = nova("restore", "without.zip", "--data", "other");
    assertThat(restored.exit).as(restored.err).isZero();
    assertThat(restored.out).startsWith("nova restore: filled the database in other with ");
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(folder.resolve("other"));
        Database server = Database.open(postgres.config(2, PATIENCE))) {
      assertThat(slugs(server)).containsExactly("live");
    }
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .noneMatch(name -> name.endsWith(".part"));
    }
  }

  @Test
  void whatCannotBe_isSaidInOneSentence_andNothingIsMade() throws Exception {
    Path _ = Files.writeString(folder.resolve("text.zip"), "no backup");
    nova("backup", "new.zip").assertRefused("there is no database in './nova-data'");
    nova("restore", "missing.zip").assertRefused("file 'missing.zip' cannot be read");
    nova("restore", "text.zip").assertRefused("it is no zip file, or only a part of one");
    assertThat(folder.resolve("nova-data")).doesNotExist();
    assertThat(folder.resolve("new.zip")).doesNotExist();
  }
}
