package nova.control.database;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Instants as PostgreSQL keeps them: `timestamptz`, in microseconds.
public final class SqlTimes {
  private SqlTimes() {}

  /// An instant as it is when it is read again.
  public static Instant kept(Instant instant) {
    return instant.truncatedTo(ChronoUnit.MICROS);
  }

  /// To bind.
  public static OffsetDateTime atUtc(Instant instant) {
    return kept(instant).atOffset(ZoneOffset.UTC);
  }

  /// To bind; null for none.
  public static @Nullable OffsetDateTime atUtc(Optional<Instant> instant) {
    return instant.map(SqlTimes::atUtc).orElse(null);
  }

  /// Of a row; empty for null.
  public static Optional<Instant> instant(ResultSet row, String column) throws SQLException {
    return Optional.ofNullable(row.getObject(column, OffsetDateTime.class))
        .map(OffsetDateTime::toInstant);
  }
}
