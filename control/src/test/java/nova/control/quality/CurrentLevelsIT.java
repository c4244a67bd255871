package nova.control.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import nova.control.audit.Actor;
import nova.control.audit.AuditLog;
import nova.control.database.Database;
import nova.control.database.EmbeddedPostgres;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What one server knows of what another does, and while the database is away.
class CurrentLevelsIT {
  private static final Duration PATIENCE = Duration.ofMillis(300);
  private static final Duration DEADLINE = Duration.ofSeconds(30);

  @TempDir private Path data;

  @Test
  void levels_followOtherServers_andStayWhileTheDatabaseIsAway() throws Exception {
    EmbeddedPostgres postgres = EmbeddedPostgres.start(data);
    QualityLevelRepository repository = new QualityLevelRepository();
    try (Database database = Database.open(postgres.config(2, PATIENCE));
        CurrentLevels here = start(database, Duration.ofMillis(10));
        CurrentLevels there = start(database, Duration.ofHours(1))) {
      assertThat(here.enabled())
          .as("of a new database")
          .extracting(
              level ->
                  "%s %d %d".formatted(level.name(), level.videoBitrateBps(), level.maxFrameRate()))
          .containsExactly("1080p 5000000 60", "720p 3000000 60", "480p 1500000 30");
      QualityLevels levels =
          new QualityLevels(
              database, repository, new AuditLog(database), there, InstantSource.system());
      levels.delete("1080p", Optional.empty(), Actor.SYSTEM);
      assertThat(names(there)).containsExactly("720p", "480p");
      awaitNames(here, List.of("720p", "480p"));

      postgres.close();
      here.refresh();
      assertThat(names(here)).containsExactly("720p", "480p");

      try (EmbeddedPostgres back = EmbeddedPostgres.start(data);
          Database other = Database.open(back.config(2, PATIENCE))) {
        other.useTransaction(handle -> repository.delete(handle, "720p"));
        awaitNames(here, List.of("480p"));
      }
    }
  }

  private static CurrentLevels start(Database database, Duration every) {
    return CurrentLevels.start(
        database, new QualityLevelRepository(), Thread.ofVirtual().factory(), every);
  }

  private static List<String> names(CurrentLevels levels) {
    return levels.enabled().stream().map(QualityLevel::name).toList();
  }

  private static void awaitNames(CurrentLevels levels, List<String> expected) {
    await().atMost(DEADLINE).untilAsserted(() -> assertThat(names(levels)).isEqualTo(expected));
  }
}
