package nova.backends.redis;

import static nova.backends.redis.TestConnections.await;
import static nova.backends.redis.TestConnections.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.ScoredValue;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.random.RandomGenerator;
import nova.core.Bytes;
import nova.core.StreamId;
import nova.core.ViewerCount;
import nova.delivery.ViewerChange;
import nova.delivery.ViewerId;
import nova.delivery.ViewerRegistry;
import nova.delivery.ViewerRegistryContract;
import nova.testkit.FakeClock;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RedisViewerRegistryTest extends ViewerRegistryContract {
  private static final String VIEWERS = "nova:viewers:{" + STREAM + "}";
  private static final String CAME = "nova:came:{" + STREAM + "}";
  private static final String SALT = "nova:salt:2026-11-22"; // the day of the fake clock

  private static final Duration YEARS = Duration.ofDays(10_000);

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

    registry.seen(Map.of(STREAM, List.of(NAMED, GUESSED)), changes::add);
    other.seen(Map.of(STREAM, List.of(NAMED, new ViewerId(7, false))), changes::add);

    awaitCount(STREAM, new ViewerCount(1, 2));
  }

  @Test
  void viewerWhoGoesFromOneNodeToAnother_comesAndLeavesOnce() {
    List<ViewerChange> elsewhere = new CopyOnWriteArrayList<>();
    RedisViewerRegistry other = openRegistry();
    registry.seen(Map.of(STREAM, List.of(NAMED)), changes::add);
    await("told", () -> changes.size() == 1);
    await(link.commands().hset(CAME, Map.of("i0000000000000001", text("1000"))));
    letMostOfTheTimePass();
    Bytes named = text(NAMED.text());
    double before = await(link.commands().zscore(VIEWERS, named));
    other.seen(Map.of(STREAM, List.of(NAMED)), elsewhere::add);
    await("told there", () -> await(link.commands().zscore(VIEWERS, named)) > before);
    letMostOfTheTimePass();
    registry.seen(Map.of(STREAM, List.of()), changes::add);
    letMostOfTheTimePass();
    registry.seen(Map.of(STREAM, List.of()), changes::add);
    await("gone", () -> await(link.commands().exists(VIEWERS)) == 0);
    other.seen(Map.of(STREAM, List.of()), elsewhere::add);

    await("told of it", () -> changes.size() == 2);
    assertThat(((ViewerChange.Left) changes.getLast()).watched()).isGreaterThan(YEARS);
    assertThat(elsewhere).isEmpty();
  }

  /// Those who are called viewers and are none, and times that are none.
  @Test
  void changesThatAreNoneOfOurs_areLeftOut_andCounted() {
    await(link.commands().zadd(VIEWERS, 1, text("junk")));
    await(link.commands().zadd(VIEWERS, 2, text("i0000000000000001")));
    await(link.commands().hset(CAME, Map.of("i0000000000000001", text("-inf"))));

    registry.seen(Map.of(STREAM, List.of()), changes::add);

    await("the other one is told", () -> !changes.isEmpty());
    assertThat(changes).hasSize(1).first().isInstanceOf(ViewerChange.Left.class);
    assertThat(metrics.count("malformed viewer")).isOne();
  }

  @Test
  void afterRedisWasAway_nobodyIsGone_beforeAllNodesCanTell() {
    registry.seen(Map.of(STREAM, List.of(NAMED)), changes::add);
    await("told", () -> changes.size() == 1);
    redis.server.stop();
    await("the loss is known", () -> metrics.count("failed viewer-counts") > 0);
    registry.seen(Map.of(STREAM, List.of(NAMED)), changes::add);
    await("missed", () -> metrics.count("failed viewers") > 0);
    redis.server.start();
    await("it is there again", link::isOpen);
    await(link.commands().zadd(VIEWERS, 2, text("i0000000000000007")));

    await(
        "told again, to a Redis that was emptied",
        () -> {
          registry.seen(Map.of(STREAM, List.of(NAMED)), changes::add);
          return changes.size() == 2;
        });
    assertThat(changes).doesNotHaveAnyElementsOfTypes(ViewerChange.Left.class);

    clock.advance(ViewerRegistry.KEPT);
    registry.seen(Map.of(STREAM, List.of(NAMED)), changes::add);
    await("gone now", () -> changes.getLast() instanceof ViewerChange.Left);
  }

  @Test
  void whatIsKept_tellsNothing_andGoesByItself() {
    registry.seen(
        Map.of(STREAM, List.of(new ViewerId(0x0123_4567_89ab_cdefL, false))), changes::add);
    await("told", () -> await(link.commands().exists("nova:watched")) == 1);

    assertThat(await(link.commands().zrange(VIEWERS, 0, -1)))
        .containsExactly(text("e0123456789abcdef"));
    assertThat(await(link.commands().hkeys(CAME))).containsExactly("e0123456789abcdef");
    for (String key : List.of(VIEWERS, CAME)) {
      assertThat(await(link.commands().pttl(key))).as(key).isBetween(1L, 60_000L);
    }
    assertThat(await(link.commands().pttl("nova:watched"))).isBetween(1L, 20_000L);
    assertThat(await(link.commands().ttl(SALT))).isBetween(172_000L, 172_800L);
  }

  @Test
  void viewersWhoLeft_takeNoMemory() {
    registry.seen(Map.of(STREAM, List.of(NAMED, GUESSED)), changes::add);
    awaitCount(STREAM, new ViewerCount(1, 1));
    letMostOfTheTimePass();
    letMostOfTheTimePass();

    registry.seen(Map.of(STREAM, List.of(new ViewerId(7, true))), changes::add);

    await("the others are gone", () -> await(link.commands().zcard(VIEWERS)) == 1);
    await("all of them", () -> await(link.commands().hlen(CAME)) == 1);
  }

  @Test
  void nodesThatSawRedisEmptied_agreeOnTheSaltAgain() {
    assertThat(await(link.commands().flushall())).isEqualTo("OK");
    RedisViewerRegistry other = openRegistry();
    assertThat(other.salt()).isNotEqualTo(registry.salt());

    clock.advance(Duration.ofMinutes(1));
    registry.seen(Map.of(), changes::add);

    await("the same salt", () -> other.salt().equals(registry.salt()));
  }

  @Test
  void salt_isAnotherOneTheNextDay_andSharedToo() {
    RedisViewerRegistry other = openRegistry();
    Bytes today = registry.salt();
    clock.advance(Duration.ofDays(1));

    registry.seen(Map.of(), changes::add);
    other.seen(Map.of(), changes::add);

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
    registry.seen(Map.of(STREAM, List.of(NAMED), OTHER, List.of(NAMED)), changes::add);

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
    registry.seen(Map.of(STREAM, List.of(NAMED)), changes::add);
    awaitCount(STREAM, new ViewerCount(1, 0));
    redis.server.stop();
    await("the loss is known", () -> metrics.count("failed viewer-counts") > 0);

    registry.seen(Map.of(STREAM, List.of(NAMED)), changes::add);
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
