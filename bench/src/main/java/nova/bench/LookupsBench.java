package nova.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiPredicate;
import java.util.random.RandomGenerator;
import nova.core.StreamId;
import nova.delivery.DeliveryMetrics;
import nova.delivery.PlaylistCache;
import nova.segments.InMemorySegmentStore;
import nova.segments.InMemoryTimelineStore;
import nova.segments.RenditionTimeline;
import nova.segments.SegmentKey;
import nova.segments.SegmentStoreConfig;
import nova.segments.TimelineSnapshot;

/// What a cached segment, a part and a new playlist cost the server, while 20 streams go on being
/// written.
final class LookupsBench implements Bench {
  private static final int STREAMS = 20;
  private static final int LOOKUPS = 2_000_000;
  private static final int PLAYLISTS = 3_000;

  @Override
  public String name() {
    return "lookups";
  }

  @Override
  public String load() {
    return "%d streams of 60 s, one part of each written every 0.334 s; each call timed alone, clock included"
        .formatted(STREAMS);
  }

  @Override
  public List<Figure> run() throws InterruptedException {
    InMemorySegmentStore store = new InMemorySegmentStore(SegmentStoreConfig.defaults());
    InMemoryTimelineStore timelines =
        new InMemoryTimelineStore(
            (_, failure) -> {
              throw new IllegalStateException(failure);
            });
    List<SyntheticStream> streams = new ArrayList<>();
    for (int i = 0; i < STREAMS; i++) {
      streams.add(
          new SyntheticStream(StreamId.random(RandomGenerator.getDefault()), store, timelines));
    }
    List<SegmentKey> keys =
        streams.stream()
            .flatMap(stream -> stream.completeSegments(SyntheticStream.VIDEO).stream())
            .toList();
    Thread writer = Thread.ofPlatform().name("writer").start(() -> writeUntilInterrupted(streams));
    try {
      // Each runs twice, the first time to warm up.
      lookups(keys, (key, _) -> store.segment(key).isPresent());
      Samples segments = lookups(keys, (key, _) -> store.segment(key).isPresent());
      lookups(keys, (key, part) -> store.part(key, part).isPresent());
      Samples parts = lookups(keys, (key, part) -> store.part(key, part).isPresent());
      playlists(streams.getFirst(), timelines);
      Samples playlists = playlists(streams.getFirst(), timelines);
      return List.of(
          Figure.limited("cached segment lookup, p99", segments.percentileUs(99), 1000, "us"),
          Figure.fact("cached segment lookup, p50", us(segments, 50)),
          Figure.limited("cached part lookup, p99", parts.percentileUs(99), 1000, "us"),
          Figure.fact("cached part lookup, p50", us(parts, 50)),
          Figure.fact(
              "playlist of 60 s rendered and compressed, p50 / p99",
              us(playlists, 50) + " / " + us(playlists, 99)));
    } finally {
      writer.interrupt();
      writer.join(5000);
    }
  }

  private static String us(Samples samples, double percent) {
    return Figure.number(samples.percentileUs(percent)) + " us";
  }

  private static Samples lookups(List<SegmentKey> keys, BiPredicate<SegmentKey, Integer> lookup) {
    Random random = new Random(1);
    Samples samples = new Samples(LOOKUPS);
    long found = 0;
    for (int i = 0; i < LOOKUPS; i++) {
      SegmentKey key = keys.get(random.nextInt(keys.size()));
      Integer part = random.nextInt(SyntheticStream.PARTS_PER_SEGMENT);
      long start = System.nanoTime();
      boolean present = lookup.test(key, part);
      samples.add(System.nanoTime() - start);
      found += present ? 1 : 0;
    }
    requireFound(found);
    return samples;
  }

  /// The writer removes old segments while we look, so most are found and not all.
  private static void requireFound(long found) {
    if (found < LOOKUPS / 2) {
      throw new IllegalStateException(
          "%d of %d lookups found something (expected: most)".formatted(found, LOOKUPS));
    }
  }

  private static Samples playlists(SyntheticStream stream, InMemoryTimelineStore timelines) {
    TimelineSnapshot snapshot = timelines.find(stream.id()).orElseThrow();
    RenditionTimeline rendition = snapshot.rendition(SyntheticStream.VIDEO).orElseThrow();
    Samples samples = new Samples(PLAYLISTS);
    for (int i = 0; i < PLAYLISTS; i++) {
      PlaylistCache empty = new PlaylistCache(timelines, DeliveryMetrics.NONE);
      long start = System.nanoTime();
      int bytes = empty.media(snapshot, rendition, false).gzip().length();
      samples.add(System.nanoTime() - start);
      if (bytes == 0) {
        throw new IllegalStateException("an empty playlist (expected: the window of 60 s)");
      }
    }
    return samples;
  }

  private static void writeUntilInterrupted(List<SyntheticStream> streams) {
    while (!Thread.currentThread().isInterrupted()) {
      streams.forEach(SyntheticStream::putNextPart);
      LockSupport.parkNanos(334_000_000);
    }
  }
}
