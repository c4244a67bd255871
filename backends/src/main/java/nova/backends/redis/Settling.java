package nova.backends.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.ScriptOutputType;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Whether it is too early to take what nobody seems to hold: after Redis was away, refused writes,
/// was started or emptied, its holders first need the time to say so. A process that had to wait
/// for Redis when it started counts as one that has just got it back.
///
/// *Thread-safe.*
final class Settling {
  private static final Logger log = LoggerFactory.getLogger(Settling.class);
  private static final RedisScript SETTLE = RedisScript.named("settle", RedisType.STRING);

  private final RedisLink link;
  private final String kind;
  private final Duration ttl;
  private final AtomicBoolean refused = new AtomicBoolean();
  private volatile boolean wasAway;
  private volatile long awayNanos; // when it last was; set before `wasAway`

  /// How much of what holders hold is known to Redis.
  enum Phase {
    /// Redis was started or emptied just now: perhaps nothing.
    EMPTIED,
    /// This process could not tell Redis anything a moment ago, and perhaps no other could: perhaps
    /// not who still holds it.
    AWAY,
    /// All of it.
    OVER
  }

  /// @param kind of what is held, for people
  /// @param ttl of what is held
  Settling(RedisConnections connections, RedisLink link, String kind, Duration ttl) {
    this.link = link;
    this.kind = kind;
    this.ttl = ttl;
    if (connections.wasMissed()) {
      away();
    }
    link.onReconnect(this::away);
    look(); // the time begins with the first node, and not when something is wanted first
  }

  /// Looks whether Redis takes writes. Whoever holds something does so as often as it renews that:
  /// what cannot be renewed lapses, also while nobody wants anything.
  void look() {
    CompletionStage<Phase> _ = phase();
  }

  /// Fails when Redis cannot be asked, or refuses writes.
  CompletionStage<Phase> phase() {
    return link.<Long>run(
            SETTLE,
            ScriptOutputType.INTEGER,
            List.of(link.keys().key("settling-since")),
            StreamLeases.number(ttl.toMillis()))
        .whenComplete((_, failure) -> told(failure))
        .thenApply(
            wait -> {
              if (wait != 0) {
                return Phase.EMPTIED;
              }
              return isAway() ? Phase.AWAY : Phase.OVER;
            });
  }

  /// Fails when Redis cannot be asked, or refuses writes.
  CompletionStage<Boolean> isOver() {
    return phase().thenApply(Phase.OVER::equals);
  }

  private void told(@Nullable Throwable failure) {
    if (failure == null) {
      if (refused.compareAndSet(true, false)) {
        log.info("Redis takes {} again", kind);
      }
      return;
    }
    away();
    Throwable cause = RedisLink.cause(failure);
    if (cause instanceof RedisCommandExecutionException && refused.compareAndSet(false, true)) {
      log.warn("Redis answers, but takes no {}: {}", kind, cause.getMessage());
    }
  }

  private void away() {
    awayNanos = link.nanoTime();
    wasAway = true;
  }

  private boolean isAway() {
    return wasAway && link.nanoTime() - awayNanos < 2 * ttl.toNanos();
  }
}
