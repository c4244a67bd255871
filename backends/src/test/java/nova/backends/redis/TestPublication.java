package nova.backends.redis;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import nova.cluster.EmbeddedRedis;
import nova.core.Bytes;
import nova.core.ChannelSlug;
import nova.core.Epoch;
import nova.core.RenditionId;
import nova.core.StreamId;
import nova.core.Timescale;
import nova.segments.InMemoryPosterStore;
import nova.segments.InMemorySegmentStore;
import nova.segments.InMemoryTimelineStore;
import nova.segments.Poster;
import nova.segments.RenditionFormat;
import nova.segments.RenditionTimeline;
import nova.segments.SegmentKey;
import nova.segments.SegmentStoreConfig;
import nova.segments.TimelinePart;
import nova.segments.TimelineSegment;
import nova.segments.TimelineSnapshot;
import nova.segments.TimelineSnapshot.TimelineState;

/// Media of one rendition of a stream, published through Redis exactly as it is given.
///
/// *Confined to the test's thread.*
final class TestPublication implements AutoCloseable {
  private static final Instant NOON = TestPackager.NOON;

  private final StreamId stream;
  private final RenditionId rendition;
  private final InMemorySegmentStore segments =
      new InMemorySegmentStore(SegmentStoreConfig.defaults());
  private final InMemoryTimelineStore timelines =
      new InMemoryTimelineStore(
          (_, failure) -> {
            throw new AssertionError(failure);
          });
  private final InMemoryPosterStore posters = new InMemoryPosterStore();
  private final List<TimelineSegment> listed = new ArrayList<>();
  private final RedisConnections connections;
  private final RedisMediaPublisher publisher;
  private final RedisMediaReader reader;
  private long version;

  /// Of a stream that nobody published in this Redis.
  TestPublication(EmbeddedRedis redis, StreamId stream, RenditionId rendition) {
    this(RedisConfig.at(redis.url()), stream, rendition);
  }

  TestPublication(RedisConfig redis, StreamId stream, RenditionId rendition) {
    this.stream = stream;
    this.rendition = rendition;
    this.connections = TestConnections.open(redis);
    this.publisher =
        RedisMediaPublisher.start(
            connections,
            timelines,
            segments,
            posters,
            RedisMetrics.NONE,
            System::nanoTime,
            Thread.ofPlatform().daemon().factory());
    this.reader = RedisMediaReader.open(connections, RedisMetrics.NONE, System::nanoTime);
    publisher.own(stream, new Random().nextInt(1, 1_000), () -> {});
  }

  void init(Epoch epoch, Bytes init) {
    segments.putInit(stream, rendition, epoch, init);
  }

  /// @param parts of which some may be there already
  void segment(SegmentKey key, List<Bytes> parts, boolean complete) {
    List<TimelinePart> described = new ArrayList<>();
    for (Bytes part : parts) {
      segments.putPart(key, described.size(), part);
      described.add(new TimelinePart(30_000, described.isEmpty(), part.length()));
    }
    if (complete) {
      segments.completeSegment(key);
    }
    listed.removeIf(one -> one.number() == key.number());
    listed.add(
        new TimelineSegment(key.number(), key.epoch(), false, NOON, 0, described, complete, false));
    putTimeline();
  }

  void poster(Poster poster) {
    posters.put(stream, poster);
    putTimeline();
  }

  /// When this returns, all is found.
  RedisMediaReader reader() {
    TestConnections.await("everything is published", publisher::isIdle);
    return reader;
  }

  private void putTimeline() {
    version++;
    timelines.put(
        new TimelineSnapshot(
            stream,
            new ChannelSlug("live"),
            version,
            TimelineState.LIVE,
            NOON,
            Optional.empty(),
            List.of(
                new RenditionTimeline(
                    rendition,
                    new RenditionFormat.Audio("mp4a.40.2", 1, 1, 48_000, 2),
                    true,
                    version,
                    Timescale.VIDEO,
                    30_060,
                    4,
                    true,
                    0,
                    listed))));
  }

  @Override
  public void close() {
    publisher.close();
    connections.close();
  }
}
