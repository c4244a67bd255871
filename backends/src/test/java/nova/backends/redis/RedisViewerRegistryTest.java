package nova.backends.redis;

import static nova.backends.redis.TestConnections.await;
import static nova.backends.redis.TestConnections.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.ScoredValue;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import nova.core.Bytes;
import nova.core.StreamId;
import nova.core.ViewerCount;
import nova.delivery.ViewerId;
import nova.delivery.ViewerRegistry;
import nova.delivery.ViewerRegistryContract;
import nova.testkit.FakeClock;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RedisViewerRegistryTest extends ViewerRegistryContract {
  private static final String VIEWERS = "nova:viewers:{" + STREAM + "}";
  private static final String SALT = "nova:salt:2026-11-22"; // the day of the fake clock

  private final FakeClock clock = new FakeClock();
  @AutoClose private final TestRedis redis = new TestRedis();
  private final CountedMetrics metrics = new CountedMetrics();
  private RedisLink link;
  private RedisViewerRegistry registry;
  private RedisViewerCounts counts;

  @BeforeEach
  void open() {
    link = redis.link(RedisArea.VIEWERS);
    registry = openRegistry();
    counts =
        redis.own(
            RedisViewerCounts.open(
                redis.connections(metrics),
                metrics,
                clock::nanoTime,
                Thread.ofPlatform().daemon().factory()));
  }

  @Override
  protected ViewerRegistry registry() {
    return registry;
  }

  @Override
  protected void awaitCount(StreamId stream, ViewerCount count) {
    await(
        "%s watch %s".formatted(count, stream),
        () -> counts.count(stream).equals(Optional.of(count)));
  }

  @Override
  protected void letMostOfTheTimePass() {
    makeOlder(link);
  }

  /// Makes what is noted older: the time is that of Redis.
  static void makeOlder(RedisLink link) {
    long age = ViewerRegistry.KEPT.toMillis() * 3 / 4;
    for (String key : await(link.commands().keys(link.keys().key("viewers") + ":*"))) {
      for (ScoredValue<Bytes> viewer : await(link.commands().zrangeWithScores(key, 0, -1))) {
        double seen = viewer.getScore();
        assertThat(
                await(
                    link.commands()
                        .zadd(key, seen - Math.copySign(1.0, seen) * age, viewer.getValue())))
            .isZero();
      }
    }
  }

  @Test
  void viewersOfTwoNodes_areCountedTogether_andTheSameOneOnce() {
    RedisViewerRegistry other = openRegistry();
    assertThat(other.salt()).isEqualTo(registry.salt());

    registry.seen(Map.of(STREAM, List.of(NAMED, GUESSED)));
    other.seen(Map.of(STREAM, List.of(NAMED, new ViewerId(7, false))));

    awaitCount(STREAM, new ViewerCount(1, 2));
  }

  @Test
  void whatIsKept_tellsNothing_andGoesByItself() {
    registry.seen(Map.of(STREAM, List.of(new ViewerId(0x0123_4567_89ab_cdefL, false))));
    await("told", () -> await(link.commands().exists("nova:watched")) == 1);

    assertThat(await(link.commands().zrange(VIEWERS, 0, -1)))
        .containsExactly(text("e0123456789abcdef"));
    for (String key : List.of(VIEWERS, "nova:watched")) {
      assertThat(await(link.commands().pttl(key))).as(key).isBetween(1L, 20_000L);
    }
    assertThat(await(link.commands().ttl(SALT))).isBetween(172_000L, 172_800L);
  }

  @Test
  void viewersWhoLeft_takeNoMemory() {
    registry.seen(Map.of(STREAM, List.of(NAMED, GUESSED)));
    awaitCount(STREAM, new ViewerCount(1, 1));
    letMostOfTheTimePass();
    letMostOfTheTimePass();

    registry.seen(Map.of(STREAM, List.of(new ViewerId(7, true))));

    await("the others are gone", () -> await(link.commands().zcard(VIEWERS)) == 1);
  }

  @Test
  void nodesThatSawRedisEmptied_agreeOnTheSaltAgain() {
    assertThat(await(link.commands().flushall())).isEqualTo("OK");
    RedisViewerRegistry other = openRegistry();
    assertThat(other.salt()).isNotEqualTo(registry.salt());

    clock.advance(Duration.ofMinutes(1));
    registry.seen(Map.of());

    await("the same salt", () -> other.salt().equals(registry.salt()));
  }

  @Test
  void salt_isAnotherOneTheNextDay_andSharedToo() {
    RedisViewerRegistry other = openRegistry();
    Bytes today = registry.salt();
    clock.advance(Duration.ofDays(1));

    registry.seen(Map.of());
    other.seen(Map.of());

    await("shared", () -> registry.salt().equals(other.salt()));
    assertThat(registry.salt()).isNotEqualTo(today);
  }

  @Test
  void whatIsNoneOfOurs_isLeftOut_andCounted() {
    assertThat(await(link.commands().set(SALT, text("junk")))).isEqualTo("OK");
    RedisViewerRegistry other = openRegistry();
    assertThat(other.salt().length()).isEqualTo(ViewerRegistry.SALT_BYTES);
    assertThat(metrics.count("malformed viewer-salt")).isOne();

    assertThat(await(link.commands().zadd("nova:watched", 9e15, text("../not a stream")))).isOne();
    assertThat(await(link.commands().set(VIEWERS, text("junk")))).isEqualTo("OK");
    registry.seen(Map.of(STREAM, List.of(NAMED), OTHER, List.of(NAMED)));

    awaitCount(OTHER, new ViewerCount(1, 0));
    awaitCount(STREAM, new ViewerCount(1, 0));
    assertThat(metrics.count("malformed watched-stream")).isPositive();
    assertThat(metrics.count("malformed wrong-type")).isPositive();
    assertThat(metrics.count("failed viewers")).isZero();
  }

  @Test
  void saltOfAnotherType_makesWay() {
    assertThat(await(link.commands().del(SALT))).isOne();
    assertThat(await(link.commands().lpush(SALT, text("junk")))).isOne();

    assertThat(openRegistry().salt()).isEqualTo(openRegistry().salt());
    assertThat(metrics.count("malformed wrong-type")).isOne();
  }

  @Test
  void whileRedisIsAway_nothingWaits_andWhatWasReadLastIsToldForAWhile() {
    registry.seen(Map.of(STREAM, List.of(NAMED)));
    awaitCount(STREAM, new ViewerCount(1, 0));
    redis.server.stop();
    await("the loss is known", () -> metrics.count("failed viewer-counts") > 0);

    registry.seen(Map.of(STREAM, List.of(NAMED)));
    await("counted", () -> metrics.count("failed viewers") > 0);
    assertThat(counts.count(STREAM)).contains(new ViewerCount(1, 0));

    clock.advance(ViewerRegistry.KEPT);
    assertThat(counts.count(STREAM)).isEmpty();
  }

  private RedisViewerRegistry openRegistry() {
    return RedisViewerRegistry.open(
        redis.connections(metrics), metrics, clock, clock::nanoTime, RandomGenerator.getDefault());
  }
}
