package nova.backends.redis;

import static nova.backends.redis.TestConnections.await;
import static nova.backends.redis.TestConnections.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import nova.cluster.EmbeddedRedis;
import nova.core.StreamId;
import nova.segments.InMemoryTimelineStore;
import nova.segments.TimelineWireFormat;
import nova.testkit.FakeClock;
import org.junit.jupiter.api.Test;

class ReplicatedTimelinesTest {
  private static final StreamId STREAM = new StreamId("stream1");
  private static final Duration GRACE = Duration.ofSeconds(60);
  private static final Duration STEP = Duration.ofSeconds(10);

  private final TestPackager packager = new TestPackager(STREAM, 6, 1_000, "source");
  private final InMemoryTimelineStore shown =
      new InMemoryTimelineStore(
          (_, failure) -> {
            throw new AssertionError(failure);
          });
  private final FakeClock clock = new FakeClock();
  private final LinkedBlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();

  @Test
  void streamThatRedisHasLost_staysWhileNewsOfItIsFoundElsewhere_andThenGoes() throws Exception {
    try (EmbeddedRedis redis = EmbeddedRedis.open();
        RedisConnections connections = TestConnections.open(RedisConfig.at(redis.url()))) {
      RedisLink link = connections.link(RedisArea.MEDIA, "test");
      ReplicatedTimelines timelines =
          new ReplicatedTimelines(
              new StoredTimelines(link, RedisMetrics.NONE),
              new LocalTimelines(shown, clock::nanoTime),
              _ -> false,
              RedisMetrics.NONE,
              clock::nanoTime,
              GRACE,
              tasks::add);
      packager.segment(2);
      MediaKeys keys = new MediaKeys(link.keys());
      store(link, keys);
      timelines.onSubscribed();
      while (shown.find(STREAM).isEmpty()) {
        goOn(timelines);
      }

      assertThat(await(link.commands().flushall())).isEqualTo("OK");
      for (int i = 0; i < 12; i++) {
        packager.segment(2);
        later(timelines);
        assertThat(timelines.quiet()).containsExactly(STREAM);
        timelines.fallBack(packager.snapshot());
        assertThat(shown.find(STREAM)).isEqualTo(Optional.of(packager.snapshot()));
      }
      for (int i = 0; shown.find(STREAM).isPresent(); i++) {
        assertThat(STEP.multipliedBy(i)).as("nobody carries it").isLessThan(GRACE.plus(STEP));
        later(timelines);
      }
    }
  }

  private void store(RedisLink link, MediaKeys keys) {
    assertThat(await(link.commands().zadd(keys.index(), 1.0, text(STREAM.value())))).isEqualTo(1);
    String key = keys.timeline(STREAM);
    assertThat(await(link.commands().hset(key, "t", text("1")))).isTrue();
    assertThat(await(link.commands().hset(key, "v", text("2")))).isTrue();
    assertThat(await(link.commands().hset(key, "s", TimelineWireFormat.write(packager.snapshot()))))
        .isTrue();
  }

  /// The time of a comparison goes by, and its two questions are answered.
  private void later(ReplicatedTimelines timelines) throws InterruptedException {
    clock.advance(STEP);
    timelines.compareWithin(Duration.ZERO);
    goOn(timelines);
    goOn(timelines);
  }

  private void goOn(ReplicatedTimelines timelines) throws InterruptedException {
    timelines.askWhatIsDue();
    Runnable task = tasks.poll(10, TimeUnit.SECONDS);
    assertThat(task).as("Redis answers").isNotNull();
    task.run();
  }
}
