package nova.backends.redis;

import static nova.backends.redis.TestConnections.await;
import static nova.backends.redis.TestConnections.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import nova.cluster.EmbeddedRedis;
import nova.control.streamkey.KnownKey;
import nova.control.streamkey.StreamKeyCache;
import nova.control.streamkey.StreamKeyCacheContract;
import nova.core.Bytes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RedisStreamKeyCacheTest extends StreamKeyCacheContract {
  private final List<AutoCloseable> opened = new ArrayList<>();
  private final AtomicInteger bypassed = new AtomicInteger();
  private final AtomicInteger malformed = new AtomicInteger();
  private EmbeddedRedis redis;
  private RedisLink link;
  private RedisStreamKeyCache cache;

  @BeforeEach
  void open() {
    redis = EmbeddedRedis.open();
    link = connections().link(RedisArea.STREAM_KEYS, "test");
    cache = open(Duration.ZERO);
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : opened.reversed()) {
      one.close();
    }
    redis.close();
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
    redis.stop();
    await("the loss is known", () -> !link.isOpen());
    await("also by the cache", () -> find(Optional.empty()).isEmpty());
    int before = bypassed.get();

    Optional<KnownKey> now = Optional.of(known("two"));
    assertThat(find(now)).isEqualTo(now);
    assertThat(bypassed).hasValue(before + 1);
  }

  @Test
  void keys_areLoadedAtOnce_whileRedisIsKnownToHang() {
    Optional<KnownKey> known = Optional.of(known("one"));
    assertThat(find(known)).isEqualTo(known);
    redis.freeze();
    await("known to hang", () -> !link.answers());

    Instant start = Instant.now();
    for (int i = 0; i < 20; i++) {
      assertThat(find(Optional.empty())).isEmpty();
    }
    assertThat(Duration.between(start, Instant.now()))
        .isLessThan(RedisConfig.at(redis.url()).timeout().multipliedBy(10));
    redis.thaw();
  }

  @Test
  void keyThatWasForgottenWhileRedisHung_isNotBelieved_whenItGoesOn() {
    Optional<KnownKey> known = Optional.of(known("one"));
    assertThat(find(known)).isEqualTo(known);
    redis.freeze();

    cache.forget(HASH);
    assertThat(find(Optional.empty())).as("at once here").isEmpty();
    redis.thaw();

    RedisStreamKeyCache other = open(Duration.ZERO);
    await("soon elsewhere", () -> other.find(HASH, Optional::empty).isEmpty());
    assertThat(find(Optional.empty())).isEmpty();
  }

  @Test
  void manyKeysThatAreForgottenWhileRedisHangs_holdUpNobody() {
    Optional<KnownKey> known = Optional.of(known("one"));
    assertThat(find(known)).isEqualTo(known);
    redis.freeze();
    await("known to hang", () -> !link.answers());

    Instant start = Instant.now();
    for (int i = 0; i < 20; i++) {
      cache.forget(text("another " + i));
    }
    cache.forget(HASH);
    assertThat(Duration.between(start, Instant.now()))
        .isLessThan(RedisConfig.at(redis.url()).timeout().multipliedBy(10));
    redis.thaw();

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
    assertThat(malformed).hasValue(6);
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
    RedisMetrics metrics =
        new RedisMetrics() {
          @Override
          public void keyCacheBypassed() {
            bypassed.incrementAndGet();
          }

          @Override
          public void malformed(String reason) {
            malformed.incrementAndGet();
          }
        };
    RedisStreamKeyCache opening =
        RedisStreamKeyCache.open(
            connections(),
            metrics,
            RandomGenerator.getDefault(),
            distrust,
            Thread.ofPlatform().daemon().factory());
    opened.add(opening);
    return opening;
  }

  private RedisConnections connections() {
    RedisConnections connections = TestConnections.open(RedisConfig.at(redis.url()));
    opened.add(connections);
    return connections;
  }
}
