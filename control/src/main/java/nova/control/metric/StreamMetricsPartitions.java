package nova.control.metric;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import org.jdbi.v3.core.Handle;

/// The tables that the rows of metrics are in, one for each day in UTC: `stream_metrics_20261122`.
///
/// A day's table is attached when it is whole, which does not stop those who write or read others.
/// Dropping one does, for a moment; it gives up when it would have to wait for long, since those
/// who came after would wait with it. Servers that share a database take turns.
///
/// *Thread-safe.*
public final class StreamMetricsPartitions {
  /// Days after today whose tables are there before their rows.
  static final int DAYS_AHEAD = 3;

  private static final String PREFIX = "stream_metrics_";
  private static final DateTimeFormatter DAY =
      new DateTimeFormatterBuilder()
          .appendValue(ChronoField.YEAR, 4)
          .appendValue(ChronoField.MONTH_OF_YEAR, 2)
          .appendValue(ChronoField.DAY_OF_MONTH, 2)
          .toFormatter();
  private static final int LAST_YEAR = 9_999;

  /// Of PostgreSQL's advisory locks, this one: "metrics" in ASCII.
  private static final long LOCK = 0x6d_65_74_72_69_63_73L;

  private static final String LOCK_PATIENCE = "2s";

  /// Makes the tables of today and of the next days. Idempotent.
  public void ensureAhead(Handle handle, Instant now) {
    LocalDate today = dayOf(now);
    ensure(handle, today.datesUntil(today.plusDays(DAYS_AHEAD + 1L)).toList());
  }

  /// Makes the tables of the moments that have none. Idempotent.
  public void ensureFor(Handle handle, Collection<Instant> moments) {
    ensure(handle, moments.stream().map(StreamMetricsPartitions::dayOf).toList());
  }

  /// Drops the tables of which every moment is longer ago.
  ///
  /// @return their days
  public List<LocalDate> dropOlder(Handle handle, Instant now, Duration keep) {
    LocalDate firstKept = dayOf(now.minus(keep));
    if (days(handle).stream().noneMatch(firstKept::isAfter)) {
      return List.of();
    }
    int _ = handle.execute("SET LOCAL lock_timeout = '" + LOCK_PATIENCE + "'");
    lock(handle);
    List<LocalDate> old = days(handle).stream().filter(firstKept::isAfter).toList();
    for (LocalDate day : old) {
      int _ = handle.execute("DROP TABLE " + name(day));
    }
    return old;
  }

  /// The days that have a table, the oldest first.
  public List<LocalDate> days(Handle handle) {
    return handle
        .createQuery(
            """
            SELECT substring(child.relname FROM '[0-9]{8}$')
              FROM pg_inherits
              JOIN pg_class AS child ON child.oid = inhrelid
             WHERE inhparent = 'stream_metrics'::regclass
               AND child.relname ~ '^stream_metrics_[0-9]{8}$'
             ORDER BY 1
            """)
        .mapTo(String.class)
        .map(day -> LocalDate.parse(day, DAY))
        .list();
  }

  private void ensure(Handle handle, Collection<LocalDate> days) {
    TreeSet<LocalDate> missing = new TreeSet<>(days);
    missing.removeAll(days(handle));
    if (missing.isEmpty()) {
      return;
    }
    lock(handle);
    missing.removeAll(days(handle)); // another server was faster
    for (LocalDate day : missing) {
      create(handle, day);
    }
  }

  private static void create(Handle handle, LocalDate day) {
    String name = name(day);
    int _ = handle.execute("CREATE TABLE %s (LIKE stream_metrics INCLUDING ALL)".formatted(name));
    int _ =
        handle.execute(
            "ALTER TABLE stream_metrics ATTACH PARTITION %s FOR VALUES FROM ('%s') TO ('%s')"
                .formatted(name, midnight(day), midnight(day.plusDays(1))));
  }

  private static String midnight(LocalDate day) {
    return day.atStartOfDay(ZoneOffset.UTC).toInstant().toString();
  }

  private static void lock(Handle handle) {
    int _ = handle.execute("SELECT pg_advisory_xact_lock(?)", LOCK);
  }

  private static String name(LocalDate day) {
    if (day.getYear() < 1 || day.getYear() >= LAST_YEAR) {
      throw new IllegalArgumentException(
          "metrics of %s (expected: a day of the years 1 to %d)".formatted(day, LAST_YEAR - 1));
    }
    return PREFIX + DAY.format(day);
  }

  private static LocalDate dayOf(Instant moment) {
    return LocalDate.ofInstant(moment, ZoneOffset.UTC);
  }
}
