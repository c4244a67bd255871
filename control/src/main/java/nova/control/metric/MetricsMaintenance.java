package nova.control.metric;

import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import nova.control.database.Database;
import nova.control.database.RepeatedTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes the tables of the coming days and drops those that are old, at the start and every hour. A
/// database that is away is asked again each minute; the metrics do not wait for it, since whoever
/// writes them makes a table that is missing.
///
/// *Thread-safe.*
public final class MetricsMaintenance implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(MetricsMaintenance.class);
  private static final Duration EVERY = Duration.ofHours(1);
  private static final Duration AGAIN = Duration.ofMinutes(1);

  private final Database database;
  private final StreamMetricsPartitions partitions;
  private final MetricsConfig config;
  private final InstantSource clock;
  private final RepeatedTask maintaining;

  private MetricsMaintenance(
      Database database,
      StreamMetricsPartitions partitions,
      MetricsConfig config,
      InstantSource clock,
      ThreadFactory threads,
      Duration every,
      Duration again) {
    this.database = database;
    this.partitions = partitions;
    this.config = config;
    this.clock = clock;
    this.maintaining =
        RepeatedTask.start("metrics-maintenance", every, again, this::maintain, threads);
  }

  /// Begins at once.
  public static MetricsMaintenance start(
      Database database,
      StreamMetricsPartitions partitions,
      MetricsConfig config,
      InstantSource clock,
      ThreadFactory threads) {
    return start(database, partitions, config, clock, threads, EVERY, AGAIN);
  }

  /// @param every how long after it was done it is done again
  /// @param again how long after the database was away
  static MetricsMaintenance start(
      Database database,
      StreamMetricsPartitions partitions,
      MetricsConfig config,
      InstantSource clock,
      ThreadFactory threads,
      Duration every,
      Duration again) {
    return new MetricsMaintenance(database, partitions, config, clock, threads, every, again);
  }

  private void maintain() {
    database.useTransaction(handle -> partitions.ensureAhead(handle, clock.instant()));
    // Apart, because it may have to give up.
    List<LocalDate> dropped =
        database.inTransaction(
            handle -> partitions.dropOlder(handle, clock.instant(), config.keep()));
    if (!dropped.isEmpty()) {
      log.atInfo().addKeyValue("days", dropped).log("metrics of old days were dropped");
    }
  }

  /// Stops it, also in the middle of a wait for the database. Waits 2 s at most.
  @Override
  public void close() {
    maintaining.close();
  }
}
