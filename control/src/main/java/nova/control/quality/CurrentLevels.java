package nova.control.quality;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import nova.control.database.Database;
import nova.control.database.DatabaseAwayException;
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
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(2);

  private final Database database;
  private final QualityLevelRepository levels;
  private final Duration every;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;
  private volatile List<QualityLevel> known;
  private boolean away; // guarded by this

  private CurrentLevels(
      Database database, QualityLevelRepository levels, ThreadFactory threads, Duration every) {
    this.database = database;
    this.levels = levels;
    this.every = every;
    this.known = database.inTransaction(levels::list);
    this.thread = threads.newThread(this::run);
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
    CurrentLevels current = new CurrentLevels(database, levels, threads, every);
    current.thread.setName("quality-levels");
    current.thread.start();
    return current;
  }

  /// Those that streams are encoded to, the largest first. Returns at once.
  public List<QualityLevel> enabled() {
    return known.stream().filter(QualityLevel::enabled).toList();
  }

  private void run() {
    try {
      while (!closed.await(every.toNanos(), TimeUnit.NANOSECONDS)) {
        refresh();
      }
    } catch (InterruptedException _) {
      log.debug("quality levels are not read any more");
    }
  }

  /// Reads the levels again; one after the other, so that what was read later stays.
  synchronized void refresh() {
    try {
      known = database.inTransaction(levels::list);
      away = false;
    } catch (DatabaseAwayException e) {
      if (!away) {
        away = true;
        log.atWarn().log("the quality levels stay as they are: {}", e.getMessage());
      }
    } catch (RuntimeException e) {
      if (closed.getCount() > 0) { // else interrupted
        log.atError().setCause(e).log("the quality levels cannot be read");
      }
    }
  }

  /// Reads them no more, also in the middle of a wait for the database. Waits 2 s at most.
  @Override
  public void close() {
    closed.countDown();
    thread.interrupt();
    try {
      boolean _ = thread.join(STOP_TIMEOUT);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
