package nova.app.process;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import nova.control.audit.Actor;
import nova.control.audit.AuditLog;
import nova.control.database.Database;
import nova.control.quality.CurrentLevels;
import nova.control.quality.QualityLevel;
import nova.control.quality.QualityLevelRepository;
import nova.control.quality.QualityLevels;

/// Servers whose quality levels are others than those of a new one.
public final class PreparedLadder {
  private static final int FRAME_RATE = 30;

  private PreparedLadder() {}

  /// Starts a server on a database that was prepared.
  ///
  /// @param ladder heights and bits per second
  public static NovaProcess start(
      Path folder, Map<Integer, Long> ladder, Map<String, String> environment, String... options)
      throws IOException, InterruptedException {
    prepare(folder, ladder);
    return NovaProcess.start(folder, environment, options);
  }

  /// Replaces the quality levels of the database of `folder`.
  static void prepare(Path folder, Map<Integer, Long> ladder) {
    QualityLevelRepository rows = new QualityLevelRepository();
    try (Database database = Database.open(TestPostgres.of(folder));
        CurrentLevels current = CurrentLevels.start(database, rows, Thread.ofVirtual().factory())) {
      QualityLevels levels =
          new QualityLevels(
              database, rows, new AuditLog(database), current, InstantSource.system());
      for (QualityLevel level : levels.list()) {
        levels.delete(level.name(), Optional.empty(), Actor.SYSTEM);
      }
      ladder.forEach(
          (height, bitrateBps) -> {
            QualityLevel _ = levels.create(height, bitrateBps, FRAME_RATE, true, Actor.SYSTEM);
          });
    }
  }
}
