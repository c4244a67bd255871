package nova.backends.redis;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadFactory;
import nova.control.database.RepeatedTask;
import nova.core.Bytes;
import nova.core.NanoClock;
import nova.segments.StoreUnavailableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks Redis for the time again and again: whether it answers, and how far its clock and this
/// machine's are apart.
///
/// *Thread-safe.*
final class RedisWatch implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RedisWatch.class);
  private static final Duration INTERVAL = Duration.ofMillis(500);
  private static final Duration TOLERATED_SKEW = Duration.ofSeconds(1);

  private final RedisLink link;
  private final RedisMetrics metrics;
  private final InstantSource clock;
  private final NanoClock nanoClock;
  private final RepeatedTask task;
  private volatile boolean answers = true;
  private volatile Duration skew = Duration.ZERO;
  private boolean skewed; // of the task's thread

  private RedisWatch(
      RedisLink link,
      RedisMetrics metrics,
      InstantSource clock,
      NanoClock nanoClock,
      ThreadFactory threads) {
    this.link = link;
    this.metrics = metrics;
    this.clock = clock;
    this.nanoClock = nanoClock;
    this.task = RepeatedTask.start("redis-watch", INTERVAL, INTERVAL, this::look, threads);
  }

  static RedisWatch start(
      RedisLink link,
      RedisMetrics metrics,
      InstantSource clock,
      NanoClock nanoClock,
      ThreadFactory threads) {
    return new RedisWatch(link, metrics, clock, nanoClock, threads);
  }

  /// Whether Redis answered in time when it was asked last.
  boolean answers() {
    return answers;
  }

  Duration skew() {
    return skew;
  }

  private void look() {
    try {
      Instant before = clock.instant();
      long start = nanoClock.nanoTime();
      List<Bytes> time = link.await(link.commands().time());
      Duration roundTrip = Duration.ofNanos(nanoClock.nanoTime() - start);
      heard(ClockSkew.of(before, roundTrip, time));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (StoreUnavailableException e) {
      away(Objects.requireNonNullElse(e.getCause(), e));
    }
  }

  private void heard(ClockSkew measured) {
    skew = measured.ahead();
    if (!answers) {
      answers = true;
      log.info("Redis answers again");
    }
    if (measured.exceeds(TOLERATED_SKEW) != skewed) {
      skewed = !skewed;
      if (skewed) {
        log.warn(
            "the clock of this machine and that of Redis are {} ms apart; viewers see wrong delays,"
                + " set both by NTP",
            skew.abs().toMillis());
      } else {
        log.info("the clock of this machine and that of Redis agree again");
      }
    }
  }

  private void away(Throwable why) {
    metrics.failed("watch");
    if (answers) {
      answers = false;
      log.warn("Redis does not answer: {}", why.getMessage());
    }
  }

  @Override
  public void close() {
    task.close();
  }
}
