package nova.backends.redis;

import io.lettuce.core.ScriptOutputType;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import nova.control.database.RepeatedTask;
import nova.control.streamkey.KnownKey;
import nova.control.streamkey.StreamKeyCache;
import nova.core.Bytes;
import nova.segments.StoreUnavailableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// [StreamKeyCache] that all servers share.
///
/// Who finds no key gets its generation, and may keep what was loaded only while that is there:
/// forgetting a key deletes both, and so does a Redis that was emptied.
///
/// While Redis is away keys are loaded directly. What was to be forgotten meanwhile is forgotten
/// when Redis is back; until all servers have had the time to do so, none believes what is there. A
/// key that is forgotten by a server which alone has lost Redis, or is refused by it, works
/// elsewhere until that is over; one that Redis had again from a replica works until its time is
/// over.
///
/// *Thread-safe.*
public final class RedisStreamKeyCache implements StreamKeyCache, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RedisStreamKeyCache.class);
  private static final RedisScript FIND = RedisScript.named("find-key", RedisType.STRING);
  private static final RedisScript PUT = RedisScript.named("put-key", RedisType.STRING);

  // Connections come back within 2 s, and what is to be forgotten is tried every half second.
  private static final Duration DISTRUST = Duration.ofSeconds(5);
  private static final Duration FORGET_AGAIN = Duration.ofMillis(500);
  private static final Duration GENERATION_TTL = Duration.ofHours(1);

  private final RedisLink link;
  private final RedisConfig config;
  private final RedisMetrics metrics;
  private final RandomGenerator random;
  private final Duration distrust;
  private final AtomicLong changes = new AtomicLong();
  private final ConcurrentMap<Bytes, Long> toForget = new ConcurrentHashMap<>(); // by change
  private final RepeatedTask forgetting;

  private RedisStreamKeyCache(
      RedisConnections connections,
      RedisMetrics metrics,
      RandomGenerator random,
      Duration distrust,
      ThreadFactory threads) {
    this.link = connections.link(RedisArea.STREAM_KEYS, "stream-keys");
    this.config = connections.config();
    this.metrics = metrics;
    this.random = random;
    this.distrust = distrust;
    this.forgetting =
        RepeatedTask.start(
            "stream-key-cache", FORGET_AGAIN, FORGET_AGAIN, this::forgetAgain, threads);
  }

  /// Opens the cache.
  ///
  /// @param random used by several threads
  /// @param threads makes the thread that forgets what could not be at once
  /// @throws RedisStartException when Redis cannot be used
  public static RedisStreamKeyCache open(
      RedisConnections connections,
      RedisMetrics metrics,
      RandomGenerator random,
      ThreadFactory threads) {
    return open(connections, metrics, random, DISTRUST, threads);
  }

  static RedisStreamKeyCache open(
      RedisConnections connections,
      RedisMetrics metrics,
      RandomGenerator random,
      Duration distrust,
      ThreadFactory threads) {
    return new RedisStreamKeyCache(connections, metrics, random, distrust, threads);
  }

  @Override
  public Optional<KnownKey> find(Bytes sha256, Supplier<Optional<KnownKey>> load) {
    if (!link.answers() || link.age().compareTo(distrust) < 0 || toForget.containsKey(sha256)) {
      return loadWithout(load);
    }
    List<Bytes> found;
    try {
      found =
          answer(
              link.run(
                  FIND,
                  ScriptOutputType.MULTI,
                  List.of(key(sha256), generation(sha256)),
                  Bytes.ofUtf8(Long.toHexString(random.nextLong()) + random.nextLong()),
                  StreamLeases.number(GENERATION_TTL.toMillis())));
    } catch (StoreUnavailableException e) {
      log.debug("stream key not looked up", e);
      return loadWithout(load);
    }
    if (found.getFirst().toUtf8().equals("1")) {
      Optional<KnownKey> known = KnownKeyJson.read(sha256, found.getLast());
      if (known.isPresent()) {
        return known;
      }
      metrics.malformed("stream-key");
      return load.get();
    }
    return loadAndKeep(sha256, found.getLast(), load);
  }

  private Optional<KnownKey> loadWithout(Supplier<Optional<KnownKey>> load) {
    metrics.keyCacheBypassed();
    return load.get();
  }

  private Optional<KnownKey> loadAndKeep(
      Bytes sha256, Bytes generation, Supplier<Optional<KnownKey>> load) {
    Optional<KnownKey> loaded = load.get();
    if (loaded.isPresent()) {
      CompletionStage<Long> kept =
          link.run(
              PUT,
              ScriptOutputType.INTEGER,
              List.of(key(sha256), generation(sha256)),
              generation,
              KnownKeyJson.write(loaded.get()),
              StreamLeases.number(config.streamKeyTtl().toMillis()));
      try {
        long _ = answer(kept);
      } catch (StoreUnavailableException e) {
        metrics.failed("keep-key");
        log.debug("stream key not kept", e);
      }
    }
    return loaded;
  }

  @Override
  public void forget(Bytes sha256) {
    // Remembered before, so that a find here that comes between does not believe Redis.
    long change = changes.incrementAndGet();
    toForget.put(sha256, change);
    if (!link.answers()) { // many may be forgotten at once, and each would wait
      forgetLater("Redis does not answer");
      return;
    }
    try {
      forgetNow(sha256, change);
    } catch (StoreUnavailableException e) {
      forgetLater(Objects.requireNonNullElse(e.getCause(), e).getMessage());
    }
  }

  private void forgetLater(@Nullable String why) {
    metrics.failed("forget-key");
    log.warn("a stream key that changed is forgotten when Redis is back: {}", why);
  }

  private void forgetNow(Bytes sha256, long change) {
    long _ = answer(link.commands().del(key(sha256), generation(sha256)));
    toForget.remove(sha256, change);
  }

  private void forgetAgain() {
    for (Map.Entry<Bytes, Long> one : toForget.entrySet()) {
      try {
        forgetNow(one.getKey(), one.getValue());
      } catch (StoreUnavailableException e) {
        log.debug("Redis is still away", e);
        return;
      }
    }
  }

  private <T> T answer(CompletionStage<T> asked) {
    try {
      return link.await(asked);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailableException("nobody waits for Redis any more", e);
    }
  }

  private String key(Bytes sha256) {
    return link.keys().key("key", sha256.toHex());
  }

  private String generation(Bytes sha256) {
    return link.keys().key("generation", sha256.toHex());
  }

  @Override
  public void close() {
    forgetting.close();
  }
}
