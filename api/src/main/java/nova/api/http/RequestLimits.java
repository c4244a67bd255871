package nova.api.http;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import nova.core.NanoClock;

/// Counts what each token and each address asks, in buckets that fill evenly. Who has been quiet
/// for long is forgotten, and so is the quietest when there are too many.
///
/// *Thread-safe.*
final class RequestLimits {
  private static final long MAX_COUNTED = 20_000;
  private static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(10);

  private final ApiLimits limits;
  private final TimeMeter time;
  private final Cache<String, Bucket> requests;

  RequestLimits(ApiLimits limits, NanoClock clock) {
    this.limits = limits;
    this.time = new Meter(clock, clock.nanoTime());
    this.requests = buckets(clock);
  }

  /// Takes one request of a token's or of an address's.
  Quota charge(String whose) {
    ConsumptionProbe probe = bucket(whose).tryConsumeAndReturnRemaining(1);
    return new Quota(
        limits.requestsPerMinute(),
        probe.isConsumed() ? probe.getRemainingTokens() : -1,
        seconds(probe.getNanosToWaitForReset()),
        seconds(probe.getNanosToWaitForRefill()));
  }

  private Bucket bucket(String whose) {
    return requests.get(
        whose,
        _ ->
            Bucket.builder()
                .addLimit(
                    limit ->
                        limit
                            .capacity(limits.requestBurst())
                            .refillGreedy(limits.requestsPerMinute(), Duration.ofMinutes(1)))
                .withCustomTimePrecision(time)
                .build());
  }

  private static Cache<String, Bucket> buckets(NanoClock clock) {
    return Caffeine.newBuilder()
        .maximumSize(MAX_COUNTED)
        .expireAfterAccess(FORGOTTEN_AFTER)
        .ticker(clock::nanoTime)
        .executor(Runnable::run)
        .build();
  }

  private static long seconds(long nanos) {
    return Math.ceilDiv(nanos, TimeUnit.SECONDS.toNanos(1));
  }

  /// The clock of the buckets, which compare readings: from 0, so that it never overflows.
  ///
  /// *Immutable.*
  private record Meter(NanoClock clock, long startNs) implements TimeMeter {
    @Override
    public long currentTimeNanos() {
      return clock.nanoTime() - startNs;
    }

    @Override
    public boolean isWallClockBased() {
      return false;
    }
  }
}
