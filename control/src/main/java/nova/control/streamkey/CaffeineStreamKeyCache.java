package nova.control.streamkey;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import nova.core.Bytes;
import nova.core.NanoClock;
import org.jspecify.annotations.Nullable;

/// [StreamKeyCache] in the memory of one process.
///
/// *Thread-safe.*
public final class CaffeineStreamKeyCache implements StreamKeyCache {
  private static final Duration KEPT = Duration.ofHours(24);
  private static final long MOST_KEYS = 100_000; // some 500 B each

  private final Cache<Bytes, @Nullable KnownKey> keys;

  public CaffeineStreamKeyCache(NanoClock clock) {
    Ticker ticker = clock::nanoTime;
    this.keys =
        Caffeine.newBuilder()
            .expireAfterWrite(KEPT)
            .maximumSize(MOST_KEYS)
            .ticker(ticker)
            .executor(Runnable::run)
            .build();
  }

  @Override
  public Optional<KnownKey> find(Bytes sha256, Supplier<Optional<KnownKey>> load) {
    // Loads of one key take turns with its removal, which is what the port promises.
    return Optional.ofNullable(keys.get(sha256, _ -> load.get().orElse(null)));
  }

  @Override
  public void forget(Bytes sha256) {
    keys.invalidate(sha256);
  }
}
