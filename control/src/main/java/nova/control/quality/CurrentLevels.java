package nova.control.quality;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import nova.control.database.Database;
import nova.control.database.DatabaseAwayException;
import nova.control.database.RepeatedTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The quality levels in memory, for whoever cannot wait for the database. They are read again
/// after a change by this server, and every five seconds for changes by others. While the database
/// is away they stay what they were.
///
/// *Thread-safe.*
public final class CurrentLevels implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(CurrentLevels.class);
  private static final Duration EVERY = Duration.ofSeconds(5);

  private final Database database;
  private final QualityLevelRepository levels;
  private final RepeatedTask reading;
  private volatile List<QualityLevel> known = List.of();

  private CurrentLevels(
      Database database, QualityLevelRepository levels, ThreadFactory threads, Duration every) {
    this.database = database;
    this.levels = levels;
    read();
    this.reading = RepeatedTask.start("quality-levels", every, every, this::read, threads);
  }

  /// Reads the levels and goes on to.
  ///
  /// @throws DatabaseAwayException when the database does not answer this first time
  public static CurrentLevels start(
      Database database, QualityLevelRepository levels, ThreadFactory threads) {
    return start(database, levels, threads, EVERY);
  }

  static CurrentLevels start(
      Database database, QualityLevelRepository levels, ThreadFactory threads, Duration every) {
    return new CurrentLevels(database, levels, threads, every);
  }

  /// Those that streams are encoded to, the largest first. Returns at once.
  public List<QualityLevel> enabled() {
    return known.stream().filter(QualityLevel::enabled).toList();
  }

  /// Reads the levels again now, if the database answers.
  void refresh() {
    try {
      read();
    } catch (DatabaseAwayException e) {
      log.debug("the quality levels stay as they are for now", e);
    }
  }

  /// One after the other, so that what was read later stays.
  private synchronized void read() {
    known = database.inTransaction(levels::list);
  }

  /// Reads them no more, also in the middle of a wait for the database. Waits 2 s at most.
  @Override
  public void close() {
    reading.close();
  }
}
