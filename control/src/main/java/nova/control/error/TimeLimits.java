package nova.control.error;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/// What times that people give may be.
public final class TimeLimits {
  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

  private TimeLimits() {}

  /// Lets through what is still to come, as PostgreSQL keeps it in microseconds.
  ///
  /// @param field as the API spells it
  /// @throws InvalidFieldException otherwise
  public static void requireToCome(String field, Optional<Instant> time, Instant now) {
    if (time.isPresent()
        && (!micros(time.get()).isAfter(micros(now)) || time.get().isAfter(LATEST))) {
      throw new InvalidFieldException(
          field,
          "%s is %s (expected: after now, %s, and not after %s)."
              .formatted(field, time.get(), now, LATEST));
    }
  }

  private static Instant micros(Instant time) {
    return time.truncatedTo(ChronoUnit.MICROS);
  }
}
