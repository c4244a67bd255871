package nova.control.playback;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import nova.core.NanoClock;
import org.jspecify.annotations.Nullable;

/// Counts the made-up tokens of each address: so many at once, and as many again each minute, which
/// come back evenly. Of too many addresses the quietest is forgotten.
///
/// *Thread-safe.*
final class WrongTokens {
  private static final long MOST_COUNTED = 20_000;
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final NanoClock clock;
  private final long eachNs;
  private final Cache<String, Long> forgivenAtNs; // when all of an address's are

  WrongTokens(int perMinute, NanoClock clock) {
    this.clock = clock;
    this.eachNs = MINUTE.toNanos() / perMinute;
    this.forgivenAtNs =
        Caffeine.newBuilder()
            .maximumSize(MOST_COUNTED)
            .expireAfterWrite(MINUTE.plusSeconds(1))
            .ticker(clock::nanoTime)
            .executor(Runnable::run)
            .build();
  }

  /// How long an address has to wait before another of its tokens is looked up; zero for not at
  /// all.
  Duration wait(String address) {
    @Nullable Long forgivenAt = forgivenAtNs.getIfPresent(ClientNetwork.of(address));
    long room = MINUTE.toNanos() - eachNs;
    return forgivenAt == null
        ? Duration.ZERO
        : Duration.ofNanos(Math.max(0, forgivenAt - clock.nanoTime() - room));
  }

  /// A token of an address was none.
  void add(String address) {
    long nowNs = clock.nanoTime();
    Long _ =
        forgivenAtNs
            .asMap()
            .compute(
                ClientNetwork.of(address),
                (_, until) -> {
                  long owedNs = until == null ? 0 : Math.max(0, until - nowNs);
                  return nowNs + Math.min(MINUTE.toNanos(), owedNs + eachNs);
                });
  }
}
