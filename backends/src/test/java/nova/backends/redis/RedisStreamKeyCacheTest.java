package nova.backends.redis;

import static nova.backends.redis.TestConnections.await;
import static nova.backends.redis.TestConnections.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import nova.control.streamkey.KnownKey;
import nova.control.streamkey.StreamKeyCache;
import nova.control.streamkey.StreamKeyCacheContract;
import nova.core.Bytes;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RedisStreamKeyCacheTest extends StreamKeyCacheContract {
  @AutoClose private final TestRedis redis = new TestRedis();
  private final CountedMetrics metrics = new CountedMetrics();
  private RedisLink link;
  private RedisStreamKeyCache cache;

  @BeforeEach
  void open() {
    link = redis.link(RedisArea.STREAM_KEYS);
    cache = open(Duration.ZERO);
  }

  @Override
  protected StreamKeyCache cache() {
    return cache;
  }

  @Test
  void key_isKnownForADay_byTheHashOfItsSecret() {
    assertThat(find(Optional.of(known("one")))).isPresent();

    String key = "nova:key:{" + HASH.toHex() + "}";
    assertThat(await(link.commands().pttl(key))).isBetween(86_300_000L, 86_400_000L);
    assertThat(await(link.commands().get(key)).toUtf8()).doesNotContain(HASH.toHex());
  }

  @Test
  void keysOfAnotherType_makeWay() {
    String name = HASH.toHex() + "}";
    for (String key : List.of("nova:key:{" + name, "nova:generation:{" + name)) {
      assertThat(await(link.commands().lpush(key, Bytes.ofUtf8("junk")))).isOne();
    }
    Optional<KnownKey> known = Optional.of(known("one"));

    assertThat(find(known)).isEqualTo(known);

    assertThat(find(Optional.empty())).as("kept").isEqualTo(known);
  }

  @Test
  void key_isKnownToAllServers_andForgottenByAll() {
    RedisStreamKeyCache other = open(Duration.ZERO);
    Optional<KnownKey> known = Optional.of(known("one"));
    assertThat(find(known)).isEqualTo(known);
    assertThat(other.find(HASH, Optional::empty)).isEqualTo(known);

    other.forget(HASH);

    assertThat(find(Optional.empty())).isEmpty();
  }

  @Test
  void loadThatBeganBeforeAnotherServerForgotTheKey_isNotKept() throws Exception {
    RedisStreamKeyCache other = open(Duration.ZERO);
    CountDownLatch loading = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    CompletableFuture<Optional<KnownKey>> before =
        loadSlowly(loading, goOn, Optional.of(known("old")));
    assertThat(loading.await(10, TimeUnit.SECONDS)).isTrue();

    other.forget(HASH);
    goOn.countDown();
    assertThat(before.get(10, TimeUnit.SECONDS)).isPresent();

    Optional<KnownKey> now = Optional.of(known("new"));
    assertThat(other.find(HASH, () -> now)).isEqualTo(now);
    assertThat(find(Optional.empty())).isEqualTo(now);
  }

  @Test
  void loadThatBeganBeforeRedisWasEmptied_isNotKept() throws Exception {
    CountDownLatch loading = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    CompletableFuture<Optional<KnownKey>> before =
        loadSlowly(loading, goOn, Optional.of(known("old")));
    assertThat(loading.await(10, TimeUnit.SECONDS)).isTrue();

    cache.forget(HASH);
    assertThat(await(link.commands().flushall())).isEqualTo("OK");
    goOn.countDown();
    assertThat(before.get(10, TimeUnit.SECONDS)).isPresent();

    assertThat(find(Optional.empty())).isEmpty();
  }

  @Test
  void keys_areLoadedDirectly_whileRedisIsAway_andThatIsCounted() {
    Optional<KnownKey> known = Optional.of(known("one"));
    assertThat(find(known)).isEqualTo(known);
    redis.server.stop();
    await("the loss is known", () -> !link.isOpen());
    await("also by the cache", () -> find(Optional.empty()).isEmpty());
    int before = metrics.count("key-cache-bypassed");

    Optional<KnownKey> now = Optional.of(known("two"));
    assertThat(find(now)).isEqualTo(now);
    assertThat(metrics.count("key-cache-bypassed")).isEqualTo(before + 1);
  }

  @Test
  void keys_areLoadedAtOnce_whileRedisIsKnownToHang() {
    Optional<KnownKey> known = Optional.of(known("one"));
    assertThat(find(known)).isEqualTo(known);
    redis.server.freeze();
    await("known to hang", () -> !link.answers());

    Instant start = Instant.now();
    for (int i = 0; i < 20; i++) {
      assertThat(find(Optional.empty())).isEmpty();
    }
    assertThat(Duration.between(start, Instant.now()))
        .isLessThan(redis.config().timeout().multipliedBy(10));
    redis.server.thaw();
  }

  @Test
  void keyThatWasForgottenWhileRedisHung_isNotBelieved_whenItGoesOn() {
    Optional<KnownKey> known = Optional.of(known("one"));
    assertThat(find(known)).isEqualTo(known);
    redis.server.freeze();

    cache.forget(HASH);
    assertThat(find(Optional.empty())).as("at once here").isEmpty();
    redis.server.thaw();

    RedisStreamKeyCache other = open(Duration.ZERO);
    await("soon elsewhere", () -> other.find(HASH, Optional::empty).isEmpty());
    assertThat(find(Optional.empty())).isEmpty();
  }

  @Test
  void manyKeysThatAreForgottenWhileRedisHangs_holdUpNobody() {
    Optional<KnownKey> known = Optional.of(known("one"));
    assertThat(find(known)).isEqualTo(known);
    redis.server.freeze();
    await("known to hang", () -> !link.answers());

    Instant start = Instant.now();
    for (int i = 0; i < 20; i++) {
      cache.forget(text("another " + i));
    }
    cache.forget(HASH);
    assertThat(Duration.between(start, Instant.now()))
        .isLessThan(redis.config().timeout().multipliedBy(10));
    redis.server.thaw();

    RedisStreamKeyCache other = open(Duration.ZERO);
    await("soon elsewhere", () -> other.find(HASH, Optional::empty).isEmpty());
  }

  @Test
  void redisThatCameBack_isNotBelieved_beforeAllHadTimeToForget() {
    RedisStreamKeyCache careful = open(Duration.ofSeconds(1));
    Instant start = Instant.now();
    Optional<KnownKey> known = Optional.of(known("one"));
    assertThat(find(known)).isEqualTo(known);

    if (Duration.between(start, Instant.now()).toMillis() < 500) {
      assertThat(careful.find(HASH, Optional::empty)).isEmpty();
    }
    await("believed later", () -> careful.find(HASH, Optional::empty).isPresent());
  }

  @Test
  void whatCannotBeRead_isLoaded_andCounted() {
    Optional<KnownKey> known = Optional.of(known("one"));
    String key = "nova:key:{" + HASH.toHex() + "}";
    for (String junk :
        List.of("", "{", "[]", "{\"format\":2}", "{\"format\":1}", "{\"format\":1,\"id\":7}")) {
      assertThat(await(link.commands().set(key, text(junk)))).isEqualTo("OK");
      assertThat(find(known)).as(junk).isEqualTo(known);
    }
    assertThat(metrics.count("malformed")).isEqualTo(6);
  }

  private CompletableFuture<Optional<KnownKey>> loadSlowly(
      CountDownLatch loading, CountDownLatch goOn, Optional<KnownKey> loaded) {
    return CompletableFuture.supplyAsync(
        () ->
            cache.find(
                HASH,
                () -> {
                  loading.countDown();
                  awaitOpen(goOn);
                  return loaded;
                }),
        Thread::startVirtualThread);
  }

  private RedisStreamKeyCache open(Duration distrust) {
    return redis.own(
        RedisStreamKeyCache.open(
            redis.connections(),
            metrics,
            RandomGenerator.getDefault(),
            distrust,
            Thread.ofPlatform().daemon().factory()));
  }
}
