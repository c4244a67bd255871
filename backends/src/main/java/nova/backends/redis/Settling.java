package nova.backends.redis;

import io.lettuce.core.ScriptOutputType;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/// Whether it is too early to take what nobody seems to hold: after Redis was away, was started or
/// emptied, its holders first need the time to say so.
///
/// *Thread-safe.*
final class Settling {
  private static final RedisScript SETTLE = RedisScript.named("settle", RedisType.STRING);

  private final RedisLink link;
  private final Duration ttl;
  private volatile boolean reconnected;

  /// How much of what holders hold is known to Redis.
  enum Phase {
    /// Redis was started or emptied just now: perhaps nothing.
    EMPTIED,
    /// This process has just lost sight of Redis, as others may have: perhaps not who still holds
    /// it.
    AWAY,
    /// All of it.
    OVER
  }

  /// @param ttl of what is held
  Settling(RedisLink link, Duration ttl) {
    this.link = link;
    this.ttl = ttl;
    link.onReconnect(() -> reconnected = true);
    // The time begins with the first node, and not when something is wanted for the first time.
    CompletionStage<Phase> _ = phase();
  }

  /// Fails when Redis cannot be asked.
  CompletionStage<Phase> phase() {
    return link.<Long>run(
            SETTLE,
            ScriptOutputType.INTEGER,
            List.of(link.keys().key("settling-since")),
            StreamLeases.number(ttl.toMillis()))
        .thenApply(
            wait -> {
              if (wait != 0) {
                return Phase.EMPTIED;
              }
              boolean isBack = !reconnected || link.age().compareTo(ttl.multipliedBy(2)) >= 0;
              return isBack ? Phase.OVER : Phase.AWAY;
            });
  }

  /// Fails when Redis cannot be asked.
  CompletionStage<Boolean> isOver() {
    return phase().thenApply(Phase.OVER::equals);
  }
}
