package nova.api.http;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import nova.core.NanoClock;

/// Counts what each token and each address asks, in buckets that fill evenly. Who has been quiet
/// for long is forgotten, and so is the quietest when there are too many.
///
/// *Thread-safe.*
final class RequestLimits {
  private static final long MAX_COUNTED = 20_000;
  private static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(10);
  private static final int IPV6_NETWORK_BYTES = 8; // a household has as many addresses below it

  private final ApiLimits limits;
  private final TimeMeter time;
  private final Cache<String, Bucket> requests;
  private final Cache<String, Bucket> failures;

  RequestLimits(ApiLimits limits, NanoClock clock) {
    this.limits = limits;
    this.time = new Meter(clock, clock.nanoTime());
    this.requests = buckets(clock);
    this.failures = buckets(clock);
  }

  /// Takes one request of a token's or of an address's.
  Quota charge(String whose) {
    ConsumptionProbe probe =
        bucket(requests, whose, limits.requestBurst(), limits.requestsPerMinute())
            .tryConsumeAndReturnRemaining(1);
    return new Quota(
        limits.requestsPerMinute(),
        limits.requestBurst(),
        probe.isConsumed() ? probe.getRemainingTokens() : -1,
        seconds(probe.getNanosToWaitForReset()),
        seconds(probe.getNanosToWaitForRefill()));
  }

  /// How long an address has to wait before its tokens are looked at; 0 for not at all.
  long failureWaitSeconds(String address) {
    return seconds(failureBucket(address).estimateAbilityToConsume(1).getNanosToWaitForRefill());
  }

  /// An address showed what is no token.
  void failed(String address) {
    boolean _ = failureBucket(address).tryConsume(1);
  }

  /// The name under which an address is counted.
  static String network(String address) {
    InetAddress parsed;
    try {
      parsed = InetAddress.ofLiteral(address);
    } catch (IllegalArgumentException _) {
      return address; // a socket that has no such address, as one of the file system
    }
    return parsed instanceof Inet6Address
        ? HexFormat.of().formatHex(Arrays.copyOf(parsed.getAddress(), IPV6_NETWORK_BYTES))
        : parsed.getHostAddress();
  }

  private Bucket failureBucket(String address) {
    int perMinute = limits.failedAuthenticationsPerMinute();
    return bucket(failures, network(address), perMinute, perMinute);
  }

  private Bucket bucket(Cache<String, Bucket> buckets, String whose, int capacity, int perMinute) {
    return buckets.get(
        whose,
        _ ->
            Bucket.builder()
                .addLimit(
                    limit ->
                        limit.capacity(capacity).refillGreedy(perMinute, Duration.ofMinutes(1)))
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
