package nova.control.metric;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import nova.control.database.Database;
import nova.control.database.DatabaseAwayException;
import nova.control.error.InvalidFieldException;
import nova.core.StreamId;

/// What was measured of streams. Whoever calls waits for the database.
///
/// *Thread-safe.*
public final class StreamMetrics {
  /// No series has more points.
  public static final int MAX_POINTS = 2_000;

  private static final Instant EARLIEST = Instant.EPOCH;
  private static final Instant LATEST = Instant.parse("9000-01-01T00:00:00Z");

  private final Database database;
  private final StreamMetricsRepository metrics;
  private final StreamMetricsPartitions partitions;

  public StreamMetrics(
      Database database, StreamMetricsRepository metrics, StreamMetricsPartitions partitions) {
    this.database = database;
    this.metrics = metrics;
    this.partitions = partitions;
  }

  /// Keeps what was measured, all or nothing. Idempotent: what is there of the same stream and
  /// moment stays.
  ///
  /// @throws DatabaseAwayException when the database does not answer
  public void add(Collection<StreamMetric> measured) {
    database.useTransaction(
        handle -> {
          partitions.ensureFor(handle, measured.stream().map(StreamMetric::at).toList());
          metrics.insert(handle, measured);
        });
  }

  /// What was measured of a stream, a point for each step of time in which something was. Steps
  /// begin at multiples of their length since 1970-01-01T00:00:00Z, so that those of two requests
  /// are the same; the first and the last one tell of the part that was asked for.
  ///
  /// @param since the first moment that counts
  /// @param until the first that does not any more
  /// @param step whole seconds
  /// @return empty for a stream that nothing was measured of, or that is not known
  /// @throws InvalidFieldException when there would be more than [#MAX_POINTS]
  /// @throws DatabaseAwayException when the database does not answer
  public List<MetricPoint> series(StreamId stream, Instant since, Instant until, Duration step) {
    requireTime("since", since);
    requireTime("until", until);
    if (!since.isBefore(until)) {
      throw new InvalidFieldException(
          "until", "until is %s (expected: later than since, %s).".formatted(until, since));
    }
    requireStep(since, until, step);
    return database.inTransaction(handle -> metrics.series(handle, stream, since, until, step));
  }

  private static void requireTime(String field, Instant time) {
    if (time.isBefore(EARLIEST) || time.isAfter(LATEST)) {
      throw new InvalidFieldException(
          field, "%s is %s (expected: %s to %s).".formatted(field, time, EARLIEST, LATEST));
    }
  }

  private static void requireStep(Instant since, Instant until, Duration step) {
    if (step.compareTo(Duration.ofSeconds(1)) < 0 || step.toNanosPart() != 0) {
      throw new InvalidFieldException(
          "step", "step is %s (expected: whole seconds, at least 1).".formatted(step));
    }
    long seconds = step.toSeconds();
    long first = Math.floorDiv(since.getEpochSecond(), seconds);
    long last = Math.floorDiv(until.minusNanos(1).getEpochSecond(), seconds);
    if (last - first >= MAX_POINTS) {
      long range = Duration.between(since, until).toSeconds();
      throw new InvalidFieldException(
          "step",
          "A step of %d s makes %d points (expected: at most %d); ask for %d s or more, or for less"
                  .formatted(seconds, last - first + 1, MAX_POINTS, range / (MAX_POINTS - 1) + 1)
              + " time.");
    }
  }
}
