package nova.ingest.publish;

import java.time.Duration;
import java.time.Instant;

/// How soon one epoch of a stream may follow another.
///
/// An epoch costs an initialization section, a discontinuity in every playlist and a hiccup in
/// every player. An encoder that changes its formats or its clock at every keyframe, or comes and
/// goes, would make them without end. So beyond a few at once there is one per 2 s, the shortest
/// length of a segment: they do not make playlists longer than segments do.
///
/// *Confined to its session's thread.*
final class EpochAllowance {
  static final int AT_ONCE = 5;
  static final Duration EACH = Duration.ofSeconds(2);

  private Instant wholeAgainAt = Instant.EPOCH;

  /// Whether an epoch may begin now; counts it if so.
  boolean take(Instant now) {
    Instant latest = now.plus(EACH.multipliedBy(AT_ONCE));
    if (wholeAgainAt.isAfter(latest)) {
      wholeAgainAt = latest; // the wall clock was set back
    }
    if (wholeAgainAt.isAfter(now.plus(EACH.multipliedBy(AT_ONCE - 1)))) {
      return false;
    }
    wholeAgainAt = (wholeAgainAt.isAfter(now) ? wholeAgainAt : now).plus(EACH);
    return true;
  }
}
