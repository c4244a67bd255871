package nova.backends.redis;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import nova.core.Bytes;

/// How far the clock of Redis is ahead of this machine's, measured by one question.
///
/// Redis looked at its clock some time between the question and the answer; half way is assumed, so
/// half of the round trip is the most that this can be wrong.
///
/// *Immutable.*
///
/// @param ahead negative when it is behind
record ClockSkew(Duration ahead, Duration uncertainty) {
  /// @param before this machine's clock at the question
  /// @param time seconds since 1970 and microseconds, as TIME answers
  static ClockSkew of(Instant before, Duration roundTrip, List<Bytes> time) {
    Instant theirs =
        Instant.ofEpochSecond(
            Long.parseLong(time.getFirst().toUtf8()),
            Long.parseLong(time.getLast().toUtf8()) * 1_000);
    Duration half = roundTrip.dividedBy(2);
    return new ClockSkew(Duration.between(before.plus(half), theirs), half);
  }

  /// Whether the clocks are certainly further apart than that.
  boolean exceeds(Duration tolerated) {
    return ahead.abs().minus(uncertainty).compareTo(tolerated) > 0;
  }
}
