package nova.backends.redis;

import static nova.backends.redis.TestConnections.await;
import static nova.backends.redis.TestConnections.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import nova.cluster.EmbeddedRedis;
import nova.core.StreamId;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StreamLeasesTest {
  private static final StreamId STREAM = new StreamId("stream1");
  private static final StreamId OTHER = new StreamId("stream2");
  private static final Duration TTL = Duration.ofMillis(900);

  private static EmbeddedRedis redis;

  private RedisConnections connections;
  private RedisConnections otherConnections;
  private StreamLeases here;
  private StreamLeases there;

  @BeforeAll
  static void startRedis() {
    redis = EmbeddedRedis.open();
  }

  @AfterAll
  static void stopRedis() {
    redis.close();
  }

  @BeforeEach
  void open() {
    redis.thaw();
    redis.takeWrites();
    TestConnections.makeRoom(redis);
    connections = TestConnections.open(RedisConfig.at(redis.url()));
    otherConnections = TestConnections.open(RedisConfig.at(redis.url()));
    assertThat(await(connections.link(RedisArea.MEDIA, "test").commands().flushall()))
        .isEqualTo("OK");
    here = leases(connections, "here");
    there = leases(otherConnections, "there");
  }

  @AfterEach
  void close() {
    here.close();
    there.close();
    connections.close();
    otherConnections.close();
  }

  @Test
  void keysOfAnotherType_keepNoStreamFromBeingCarried() {
    RedisLink link = connections.link(RedisArea.MEDIA, "test");
    for (String key : List.of("nova:lease:{stream1}", "nova:fence:{stream1}")) {
      assertThat(await(link.commands().del(key))).isZero();
      assertThat(await(link.commands().hset(key, "a", text("b")))).isTrue();
    }
    Lease lease = acquire(here, STREAM);

    assertThat(await(link.commands().del("nova:fence:{stream1}"))).isOne();
    assertThat(await(link.commands().sadd("nova:fence:{stream1}", text("b")))).isOne();
    assertThat(await(here.renew(lease))).isTrue();
    assertThat(await(link.commands().set("nova:fence:{stream1}", text("junk")))).isEqualTo("OK");
    assertThat(await(here.renew(lease))).isTrue();

    assertThat(await(link.commands().get("nova:fence:{stream1}")))
        .isEqualTo(text(Long.toString(lease.token())));
  }

  @Test
  void lease_isHeldByOneNode_untilItIsReleased_andTokensRise() {
    Lease first = acquire(here, STREAM);

    assertThat(await(there.acquire(STREAM))).isEmpty();
    assertThat(await(here.acquire(STREAM))).as("not twice either").isEmpty();
    assertThat(await(there.holders(List.of(STREAM, OTHER))))
        .isEqualTo(Map.of(STREAM, new NodeId("here")));
    assertThat(here.token(STREAM)).hasValue(first.token());
    Void _ = await(first.release());
    Void _ = await(first.release());
    assertThat(await(first.renew())).as("by the thread that was about to").isFalse();
    assertThat(await(there.holders(List.of(STREAM)))).isEmpty();

    Lease second = await(there.acquire(STREAM)).orElseThrow();
    assertThat(second.token()).isGreaterThan(first.token());
    Void _ = await(first.release());
    assertThat(await(here.holders(List.of(STREAM))))
        .as("released by its former holder once more")
        .containsValue(new NodeId("there"));
  }

  @Test
  void lease_isRenewed_forAsLongAsItsHolderLives() {
    Lease lease = acquire(here, STREAM);
    Instant later = Instant.now().plus(TTL.multipliedBy(2));

    await("two lifetimes passed", () -> Instant.now().isAfter(later));

    assertThat(await(there.acquire(STREAM))).isEmpty();
    assertThat(lease.isLost()).isFalse();
    assertThat(await(connections.link(RedisArea.MEDIA, "test").commands().pttl(key("lease"))))
        .isBetween(1L, TTL.toMillis());
  }

  @Test
  void leaseThatIsNotRenewed_isTaken_andItsFormerHolderIsTold() {
    Lease asleep = acquire(here, STREAM);
    AtomicInteger told = new AtomicInteger();
    asleep.onLost(told::incrementAndGet);
    Lease taken = takenOverWhileAsleep(asleep);

    assertThat(taken.token()).isGreaterThan(asleep.token());
    assertThat(await(asleep.renew())).isFalse();
    assertThat(asleep.isLost()).isTrue();
    asleep.onLost(told::incrementAndGet);
    assertThat(told).hasValue(2);
    assertThat(here.token(STREAM)).isEmpty();
    assertThat(taken.isLost()).isFalse();
  }

  @Test
  void token_risesAlsoWhenTheClockOfRedisWentBack() {
    long farAhead = 3_000_000_000_000_000L; // of the year 2065
    RedisLink link = connections.link(RedisArea.MEDIA, "test");
    assertThat(await(link.commands().set(key("fence"), text(Long.toString(farAhead)))))
        .isEqualTo("OK");

    assertThat(acquire(here, STREAM).token()).isEqualTo(farAhead + 1);
  }

  @Test
  void holder_keepsItsLease_whileRedisIsAway_andAfterItWasEmptied() {
    Lease lease = acquire(here, STREAM);

    redis.stop();
    assertThatThrownBy(() -> await(lease.renew())).isInstanceOf(IllegalStateException.class);
    assertThat(lease.isLost()).isFalse();
    redis.start();

    await(
        "the lease is there again",
        () ->
            isAnswered(there)
                && await(there.holders(List.of(STREAM))).containsValue(new NodeId("here")));
    assertThat(lease.isLost()).isFalse();
    assertThat(await(lease.renew())).isTrue();
    assertThat(await(connections.link(RedisArea.MEDIA, "test").commands().get(key("fence"))))
        .isEqualTo(text(Long.toString(lease.token())));
  }

  @Test
  void emptiedRedis_lendsNothing_beforeHoldersHadTimeToSayWhatTheyHold() {
    Lease lease = acquire(here, STREAM);
    RedisLink link = connections.link(RedisArea.MEDIA, "test");

    assertThat(await(link.commands().flushall())).isEqualTo("OK");

    assertThat(await(there.acquire(STREAM))).isEmpty();
    Lease free = acquire(there, OTHER);
    assertThat(free.token()).isGreaterThan(lease.token());
    assertThat(await(there.acquire(STREAM))).isEmpty();
    assertThat(lease.isLost()).isFalse();
  }

  @Test
  void emptiedRedis_isToldTheHigherTokenOfTwo_andTheLowerIsLost() {
    Lease asleep = acquire(here, STREAM);
    Lease taken = takenOverWhileAsleep(asleep);
    RedisLink link = connections.link(RedisArea.MEDIA, "test");
    assertThat(await(link.commands().flushall())).isEqualTo("OK");

    boolean _ = await(asleep.renew()); // while nothing higher is known, it holds the stream again
    assertThat(await(taken.renew())).isTrue();
    assertThat(await(asleep.renew())).isFalse();
  }

  @Test
  void redisThatRefusedWrites_lendsNothing_beforeHoldersCouldRenew() {
    Lease lease = acquire(here, STREAM);

    redis.refuseWrites();
    await("the lease ended", () -> await(there.holders(List.of(STREAM))).isEmpty());
    awaitPassed(TTL);
    redis.takeWrites();

    await(
        "it is renewed",
        () -> {
          assertThat(await(there.acquire(STREAM))).isEmpty();
          return !await(there.holders(List.of(STREAM))).isEmpty();
        });
    assertThat(await(there.holders(List.of(STREAM)))).containsValue(new NodeId("here"));
    assertThat(lease.isLost()).isFalse();
    Void _ = await(lease.release());
    assertThat(acquire(there, STREAM).token()).isGreaterThan(lease.token());
  }

  @Test
  void redisThatIsFull_renewsLeases_andLendsOthers() {
    Lease lease = acquire(here, STREAM);

    TestConnections.fill(redis);
    awaitPassed(TTL.multipliedBy(2));

    assertThat(await(there.holders(List.of(STREAM)))).containsValue(new NodeId("here"));
    assertThat(lease.isSure()).isTrue();
    Lease other = await(there.acquire(OTHER)).orElseThrow();
    Void _ = await(lease.release());
    Lease taken = await(there.acquire(STREAM)).orElseThrow();
    assertThat(taken.token()).isGreaterThan(lease.token());
    assertThat(other.isLost()).isFalse();
  }

  @Test
  void processThatHadToWaitForRedis_takesNothing_beforeHoldersCouldRenew() {
    Lease lease = acquire(here, STREAM);
    RedisLink link = connections.link(RedisArea.MEDIA, "test");
    redis.freeze();
    try (RedisConnections lateConnections = openLate();
        StreamLeases late = leases(lateConnections, "late")) {
      assertThat(await(link.commands().del(key("lease")))).as("it ended").isNotNegative();

      await(
          "it is renewed",
          () -> {
            assertThat(await(late.acquire(STREAM))).isEmpty();
            return !await(there.holders(List.of(STREAM))).isEmpty();
          });
      assertThat(lease.isLost()).isFalse();
      Void _ = await(lease.release());
      assertThat(acquire(late, STREAM).token()).isGreaterThan(lease.token());
    }
  }

  /// Connects to a Redis that hangs at first.
  private static RedisConnections openLate() {
    return RedisConnections.open(
        RedisConfig.at(redis.url()),
        RedisMetrics.NONE,
        InstantSource.system(),
        System::nanoTime,
        Thread.ofPlatform().daemon().factory(),
        new RedisConnections.Patience() {
          @Override
          public <T> T until(Supplier<T> connect) {
            try {
              return connect.get();
            } catch (RedisStartException _) {
              redis.thaw();
              return connect.get();
            }
          }
        });
  }

  private static void awaitPassed(Duration time) {
    Instant later = Instant.now().plus(time);
    await("time passes", () -> Instant.now().isAfter(later));
  }

  @Test
  void scriptsThatRedisForgot_areToldAgain() {
    Lease lease = acquire(here, STREAM);
    assertThat(await(connections.link(RedisArea.MEDIA, "test").commands().scriptFlush()))
        .isEqualTo("OK");

    assertThat(await(lease.renew())).isTrue();
  }

  @Test
  void leaseThatComesTooLate_isGivenBack() {
    Void _ = await(acquire(here, STREAM).release());
    redis.freeze();
    CompletableFuture<Optional<Lease>> late = here.acquireWithin(Duration.ofMillis(100), STREAM);
    await("nobody waits any more", late::isCompletedExceptionally);
    CompletionStage<Optional<Lease>> behind = here.acquire(OTHER);

    redis.thaw();

    Lease other = await(behind).orElseThrow();
    await("it is free", () -> await(there.holders(List.of(STREAM))).isEmpty());
    assertThat(here.token(STREAM)).isEmpty();
    assertThat(here.token(OTHER)).hasValue(other.token());
    Lease inTime = await(there.acquireWithin(Duration.ofSeconds(20), STREAM)).orElseThrow();
    assertThat(there.token(STREAM)).hasValue(inTime.token());
  }

  /// Its own thread renews no more, as in a process that was stopped.
  private Lease takenOverWhileAsleep(Lease asleep) {
    RedisLink link = connections.link(RedisArea.MEDIA, "test");
    while (true) {
      assertThat(await(link.commands().del(key("lease")))).isNotNegative();
      Optional<Lease> taken = await(there.acquire(asleep.stream()));
      if (taken.isPresent()) {
        return taken.get();
      }
    }
  }

  private static boolean isAnswered(StreamLeases leases) {
    return await(leases.holders(List.of(OTHER)).handle((_, failure) -> failure == null));
  }

  private static Lease acquire(StreamLeases leases, StreamId stream) {
    AtomicReference<Optional<Lease>> lease = new AtomicReference<>(Optional.empty());
    await(
        "the stream is lent",
        () -> {
          lease.set(await(leases.acquire(stream)));
          return lease.get().isPresent();
        });
    return lease.get().orElseThrow();
  }

  private static String key(String name) {
    return "nova:" + name + ":{" + STREAM + "}";
  }

  private static StreamLeases leases(RedisConnections connections, String node) {
    return StreamLeases.open(
        connections,
        new NodeId(node),
        RedisMetrics.NONE,
        TTL,
        Thread.ofPlatform().daemon().factory());
  }
}
