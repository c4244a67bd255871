package nova.api.http;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Times as the API spells them.
///
/// Spec: RFC 3339 §5.6, in UTC and to the millisecond.
public final class Times {
  private static final Instant EARLIEST = Instant.EPOCH;
  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

  private Times() {}

  public static String text(Instant time) {
    return time.truncatedTo(ChronoUnit.MILLIS).toString();
  }

  public static @Nullable String textOrNull(Optional<Instant> time) {
    return time.map(Times::text).orElse(null);
  }

  /// The time that a client wrote, with any offset; empty when it is none of these centuries.
  static Optional<Instant> parse(String text) {
    try {
      Instant time = OffsetDateTime.parse(text).toInstant();
      return time.isBefore(EARLIEST) || time.isAfter(LATEST) ? Optional.empty() : Optional.of(time);
    } catch (DateTimeParseException _) {
      return Optional.empty();
    } catch (DateTimeException _) {
      return Optional.empty(); // a year that has no instant
    }
  }
}
