package nova.backends.redis;

import static nova.backends.redis.TestConnections.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.random.RandomGenerator;
import nova.control.streamkey.StreamKeyCache;
import nova.control.streamkey.StreamKeyCacheContract;
import nova.core.Bytes;
import nova.core.Epoch;
import nova.core.StreamId;
import nova.core.ViewerCount;
import nova.delivery.ViewerRegistry;
import nova.delivery.ViewerRegistryContract;
import nova.ingest.publish.ChannelClaims;
import nova.ingest.publish.ChannelClaimsContract;
import nova.segments.PublishedMedia;
import nova.segments.PublishedMediaContract;
import nova.segments.SegmentKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;

/// What adapters must do, on a Redis that has one database: `redis.databases` is `prefixes`.
class RedisPrefixesTest {
  private static final ThreadFactory THREADS = Thread.ofPlatform().daemon().factory();

  @AutoClose private final TestRedis redis = TestRedis.withPrefixes();

  private RedisLink link(RedisArea area) {
    return redis.link(area);
  }

  /// Whatever the test has put is where no other kind is.
  @AfterEach
  void allKeysBeginWithTheirArea() {
    List<String> areas = List.of("nova:keys:", "nova:media:", "nova:metrics:", "nova:viewers:");
    assertThat(await(link(RedisArea.MEDIA).commands().keys("*")))
        .isNotEmpty()
        .allMatch(key -> areas.stream().anyMatch(key::startsWith));
  }

  @Nested
  class Media extends PublishedMediaContract {
    private TestPublication publication;

    @BeforeEach
    void open() {
      publication = redis.own(new TestPublication(redis.config(), STREAM, SOURCE));
    }

    @Override
    protected void publishInit(Epoch epoch, Bytes init) {
      publication.init(epoch, init);
    }

    @Override
    protected void publish(SegmentKey key, List<Bytes> parts, boolean complete) {
      publication.segment(key, parts, complete);
    }

    @Override
    protected PublishedMedia published() {
      return new RedisPublishedMedia(publication.reader());
    }
  }

  @Nested
  class StreamKeys extends StreamKeyCacheContract {
    private StreamKeyCache cache;

    @BeforeEach
    void open() {
      cache =
          redis.own(
              RedisStreamKeyCache.open(
                  redis.connections(),
                  RedisMetrics.NONE,
                  RandomGenerator.getDefault(),
                  Duration.ZERO,
                  THREADS));
    }

    @Override
    protected StreamKeyCache cache() {
      return cache;
    }
  }

  @Nested
  class Viewers extends ViewerRegistryContract {
    private RedisViewerRegistry registry;
    private RedisViewerCounts counts;

    @BeforeEach
    void open() {
      registry =
          RedisViewerRegistry.open(
              redis.connections(),
              RedisMetrics.NONE,
              InstantSource.system(),
              System::nanoTime,
              RandomGenerator.getDefault());
      counts =
          redis.own(
              RedisViewerCounts.open(
                  redis.connections(), RedisMetrics.NONE, System::nanoTime, THREADS));
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
      RedisViewerRegistryTest.makeOlder(link(RedisArea.VIEWERS));
    }
  }

  @Nested
  class Claims extends ChannelClaimsContract {
    private ChannelClaims claims;

    @BeforeEach
    void open() {
      claims =
          redis.own(
              RedisChannelClaims.open(
                  redis.connections(),
                  new NodeId("here"),
                  RedisMetrics.NONE,
                  System::nanoTime,
                  Duration.ofMillis(900),
                  THREADS));
    }

    @Override
    protected ChannelClaims claims() {
      return claims;
    }
  }
}
