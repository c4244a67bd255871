package nova.bench;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiFunction;
import java.util.random.RandomGenerator;
import nova.backends.redis.RedisConfig;
import nova.backends.redis.RedisConnections;
import nova.backends.redis.RedisMediaPublisher;
import nova.backends.redis.RedisMediaReader;
import nova.backends.redis.RedisMetrics;
import nova.cluster.EmbeddedRedis;
import nova.core.DataSize;
import nova.core.StreamId;
import nova.segments.CachedMedia;
import nova.segments.InMemoryPosterStore;
import nova.segments.InMemorySegmentStore;
import nova.segments.InMemoryTimelineStore;
import nova.segments.MediaSource;
import nova.segments.SegmentKey;
import nova.segments.SegmentStoreConfig;

/// Media through Redis: how much a packager can put, and how long a look-up takes there and in the
/// memory in front of it.
final class SharedMediaBench implements Bench {
  private static final int STREAMS = 4; // the window of 60 s of each is 25 MB
  private static final int PARTS = 60; // of each, put at once after the window
  private static final int REDIS_LOOKUPS = 20_000;
  private static final int CACHED_LOOKUPS = 500_000;
  private static final Duration LOOK = Duration.ofMillis(1);

  @Override
  public String name() {
    return "shared-media";
  }

  @Override
  public String load() {
    return "%d streams of 3 Mbit/s in a Redis on loopback; each call timed alone"
        .formatted(STREAMS);
  }

  @Override
  public List<Figure> run() throws Exception {
    InMemorySegmentStore segments = new InMemorySegmentStore(SegmentStoreConfig.defaults());
    InMemoryTimelineStore timelines =
        new InMemoryTimelineStore(
            (_, failure) -> {
              throw new IllegalStateException(failure);
            });
    ThreadFactory threads = Thread.ofPlatform().daemon().factory();
    InstantSource clock = InstantSource.system();
    try (EmbeddedRedis redis = EmbeddedRedis.open();
        RedisConnections connections =
            RedisConnections.open(
                RedisConfig.at(redis.url()), RedisMetrics.NONE, clock, System::nanoTime, threads);
        RedisMediaPublisher publisher =
            RedisMediaPublisher.start(
                connections,
                timelines,
                segments,
                new InMemoryPosterStore(),
                RedisMetrics.NONE,
                System::nanoTime,
                threads)) {
      List<SyntheticStream> streams = new ArrayList<>();
      for (int i = 0; i < STREAMS; i++) {
        StreamId id = StreamId.random(RandomGenerator.getDefault());
        publisher.own(id, i + 1, () -> {});
        streams.add(new SyntheticStream(id, segments, timelines));
      }
      awaitIdle(publisher);
      Figure put = put(streams, publisher);
      MediaSource stored = RedisMediaReader.open(connections, RedisMetrics.NONE, System::nanoTime);
      MediaSource cached = new CachedMedia(stored, DataSize.ofMiB(512), System::nanoTime);
      List<SegmentKey> keys =
          streams.stream()
              .flatMap(stream -> stream.completeSegments(SyntheticStream.VIDEO).stream())
              .toList();
      Samples _ = lookups(keys, REDIS_LOOKUPS, (key, part) -> stored.part(key, part));
      Samples sections =
          lookups(
              keys,
              REDIS_LOOKUPS,
              (key, _) -> stored.init(key.stream(), key.rendition(), key.epoch()));
      Samples parts = lookups(keys, REDIS_LOOKUPS, (key, part) -> stored.part(key, part));
      Samples whole = lookups(keys, REDIS_LOOKUPS / 4, (key, _) -> stored.segment(key));
      Samples _ = lookups(keys, CACHED_LOOKUPS, (key, _) -> cached.segment(key));
      Samples near = lookups(keys, CACHED_LOOKUPS, (key, _) -> cached.segment(key));
      return List.of(
          put,
          Figure.limited(
              "look-up in Redis, next to nothing transferred, p99",
              sections.percentileMs(99),
              1,
              "ms"),
          Figure.fact(
              "look-up in Redis, next to nothing transferred, p50",
              Figure.number(sections.percentileMs(50)) + " ms"),
          Figure.limited("part of 125 kB out of Redis, p99", parts.percentileMs(99), 1, "ms"),
          Figure.fact(
              "part of 125 kB out of Redis, p50", Figure.number(parts.percentileMs(50)) + " ms"),
          Figure.limited("segment of 750 kB out of Redis, p99", whole.percentileMs(99), 1, "ms"),
          Figure.fact(
              "segment of 750 kB out of Redis, p50", Figure.number(whole.percentileMs(50)) + " ms"),
          Figure.limited("segment from the cache, p99", near.percentileUs(99), 1000, "us"),
          Figure.fact("segment from the cache, p50", Figure.number(near.percentileUs(50)) + " us"));
    }
  }

  private static Figure put(List<SyntheticStream> streams, RedisMediaPublisher publisher) {
    long start = System.nanoTime();
    long bytes = 0;
    for (int part = 0; part < PARTS; part++) {
      for (SyntheticStream stream : streams) {
        stream.putNextPart();
        bytes += stream.partBytes(SyntheticStream.VIDEO) + stream.partBytes(SyntheticStream.AUDIO);
      }
    }
    awaitIdle(publisher);
    double seconds = (System.nanoTime() - start) / 1e9;
    return Figure.fact(
        "media put into Redis",
        "%s MB/s, %s parts/s"
            .formatted(
                Figure.number(bytes / 1e6 / seconds),
                Figure.number(2.0 * PARTS * streams.size() / seconds)));
  }

  private static void awaitIdle(RedisMediaPublisher publisher) {
    while (!publisher.isIdle()) {
      LockSupport.parkNanos(LOOK.toNanos());
    }
  }

  private static <T> Samples lookups(
      List<SegmentKey> keys,
      int count,
      BiFunction<SegmentKey, Integer, CompletionStage<Optional<T>>> lookup) {
    Random random = new Random(1);
    Samples samples = new Samples(count);
    int found = 0;
    for (int i = 0; i < count; i++) {
      SegmentKey key = keys.get(random.nextInt(keys.size()));
      Integer part = random.nextInt(SyntheticStream.PARTS_PER_SEGMENT);
      long start = System.nanoTime();
      boolean present = lookup.apply(key, part).toCompletableFuture().join().isPresent();
      samples.add(System.nanoTime() - start);
      found += present ? 1 : 0;
    }
    if (found < count) {
      throw new IllegalStateException(
          "%d of %d look-ups found something (expected: all)".formatted(found, count));
    }
    return samples;
  }
}
