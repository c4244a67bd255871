package nova.backends.redis;

import static nova.backends.redis.TestConnections.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import nova.core.DataSize;
import nova.core.RenditionId;
import nova.core.StreamId;
import nova.segments.RenditionTimeline;
import nova.segments.SegmentKey;
import nova.segments.TimelineSegment;
import nova.segments.TimelineSnapshot;

/// A stream that packagers publish to a Redis of the test's own, one after the other, and what is
/// found there.
///
/// *Confined to the test's thread.*
final class PublishedStream implements AutoCloseable {
  static final StreamId STREAM = new StreamId("stream1");
  static final RenditionId SOURCE = new RenditionId("source");
  static final long TOKEN = 1_000;

  final TestRedis redis = new TestRedis();
  final CountedMetrics metrics = new CountedMetrics(); // of publishers and the reader
  final AtomicInteger lost = new AtomicInteger(); // how often the first node was told so
  final TestPackager packager = new TestPackager(STREAM, 8, 3_000, "source", "audio");
  final RedisMediaReader reader;
  final RedisLink link;
  final MediaKeys keys;
  private final AtomicLong skippedNanos = new AtomicLong();

  PublishedStream() {
    RedisConnections connections = redis.connections();
    reader = RedisMediaReader.open(connections, metrics, System::nanoTime);
    link = connections.link(RedisArea.MEDIA, "test");
    keys = new MediaKeys(link.keys());
  }

  /// A publisher of what a packager puts, which owns no stream yet.
  RedisMediaPublisher publisher(TestPackager of) {
    return publisher(of, redis.config());
  }

  private RedisMediaPublisher publisher(TestPackager of, RedisConfig config) {
    return redis.own(
        RedisMediaPublisher.start(
            redis.connections(config, metrics),
            of.timelines,
            of.segments,
            of.posters,
            metrics,
            () -> System.nanoTime() + skippedNanos.get(),
            Thread.ofPlatform().daemon().factory()));
  }

  /// A publisher that owns the stream as the first node.
  RedisMediaPublisher own(TestPackager of) {
    return own(of, redis.config());
  }

  RedisMediaPublisher own(TestPackager of, RedisConfig config) {
    RedisMediaPublisher publisher = publisher(of, config);
    publisher.own(STREAM, TOKEN, lost::incrementAndGet);
    return publisher;
  }

  /// The packager of the next node, which goes on where [#packager] is.
  TestPackager successor() {
    return new TestPackager(packager.snapshot(), 8, 3_000);
  }

  /// A publisher that owns the stream as the next node.
  RedisMediaPublisher takeOver(TestPackager of) {
    return takeOver(of, redis.config());
  }

  RedisMediaPublisher takeOver(TestPackager of, RedisConfig config) {
    RedisMediaPublisher publisher = publisher(of, config);
    publisher.own(STREAM, TOKEN + 1, () -> {});
    return publisher;
  }

  /// A cap of its own, and a time to keep.
  RedisConfig config(int capMiB, int ttlSeconds) {
    RedisConfig config = redis.config();
    return new RedisConfig(
        config.url(),
        config.caFile(),
        config.databases(),
        config.keyPrefix(),
        config.timeout(),
        DataSize.ofMiB(capMiB),
        Duration.ofSeconds(ttlSeconds),
        config.streamKeyTtl(),
        config.inFlight(),
        config.queuedCommands());
  }

  /// So patient that a test is over before a command is.
  RedisConfig patientConfig() {
    RedisConfig config = redis.config();
    return new RedisConfig(
        config.url(),
        config.caFile(),
        config.databases(),
        config.keyPrefix(),
        Duration.ofSeconds(30),
        config.memoryPerStream(),
        config.mediaTtl(),
        config.streamKeyTtl(),
        config.inFlight(),
        config.queuedCommands());
  }

  /// Lets time pass for publishers.
  void skip(Duration time) {
    skippedNanos.addAndGet(time.toNanos());
  }

  /// Waits until all that was put is published.
  static void settled(RedisMediaPublisher publisher) {
    await("everything is published", publisher::isIdle);
  }

  CompletionStage<Optional<TimelineSnapshot>> timeline() {
    return new StoredTimelines(link, RedisMetrics.NONE)
        .whole(STREAM)
        .thenApply(found -> found.map(StoredTimelines.Stored::snapshot));
  }

  boolean hasTimeline(TimelineSnapshot snapshot) {
    return await(timeline().exceptionally(_ -> Optional.empty())).equals(Optional.of(snapshot));
  }

  void assertHasWhatIsListed(TestPackager expected) {
    TimelineSnapshot snapshot = expected.snapshot();
    assertThat(await(timeline())).contains(snapshot);
    for (RenditionTimeline rendition : snapshot.renditions()) {
      for (TimelineSegment segment : rendition.segments()) {
        SegmentKey key = expected.key(rendition.id(), segment);
        for (int part = 0; part < segment.parts().size(); part++) {
          assertThat(await(reader.part(key, part)))
              .as("%s part %d", key, part)
              .isEqualTo(expected.segments.part(key, part));
        }
        assertThat(await(reader.segment(key)))
            .as("%s", key)
            .isEqualTo(expected.segments.segment(key));
        assertThat(await(reader.init(STREAM, rendition.id(), segment.epoch())))
            .isPresent()
            .isEqualTo(expected.segments.init(STREAM, rendition.id(), segment.epoch()));
      }
    }
  }

  @Override
  public void close() {
    redis.close();
  }
}
