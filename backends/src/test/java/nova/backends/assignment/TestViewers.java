package nova.backends.assignment;

import static nova.backends.redis.TestConnections.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import nova.backends.redis.RedisConnections;
import nova.backends.redis.RedisMediaReader;
import nova.backends.redis.RedisMetrics;
import nova.backends.redis.RedisTimelineReplica;
import nova.backends.redis.TimelineFallback;
import nova.core.Bytes;
import nova.core.RenditionId;
import nova.core.StreamId;
import nova.segments.InMemoryTimelineStore;
import nova.segments.PublishedMedia;
import nova.segments.RenditionTimeline;
import nova.segments.SegmentKey;
import nova.segments.TimelineSegment;
import nova.segments.TimelineSnapshot;
import nova.segments.TimelineStore;

/// What a delivery node knows of streams.
///
/// *Confined to the test's thread.*
final class TestViewers implements AutoCloseable {
  static final RenditionId SOURCE = new RenditionId("source");
  static final RenditionId AUDIO = new RenditionId("audio");

  final InMemoryTimelineStore timelines =
      new InMemoryTimelineStore(
          (_, failure) -> {
            throw new AssertionError(failure);
          });
  private final List<TimelineSnapshot> seen = new CopyOnWriteArrayList<>();
  private final RedisTimelineReplica replica;
  private final RedisMediaReader media;

  TestViewers(RedisConnections connections) {
    var _ = timelines.listen(seen::add);
    media = RedisMediaReader.open(connections, RedisMetrics.NONE, System::nanoTime);
    replica =
        RedisTimelineReplica.start(
            connections,
            timelines,
            _ -> false,
            TimelineFallback.NONE,
            RedisMetrics.NONE,
            System::nanoTime,
            Thread.ofVirtual().factory());
  }

  /// Waits for a timeline of a stream.
  TimelineSnapshot awaitTimeline(
      String what, StreamId stream, Predicate<TimelineSnapshot> condition) {
    await(what, () -> timelines.find(stream).filter(condition).isPresent());
    return timelines.find(stream).orElseThrow();
  }

  /// Waits until so many parts of a segment of the source and of its sound are listed.
  TimelineSnapshot awaitParts(StreamId stream, long number, int parts) {
    return awaitTimeline(
        "%d parts of segment %d".formatted(parts, number),
        stream,
        now -> has(now, SOURCE, number, parts) && has(now, AUDIO, number, parts));
  }

  /// Whether so many parts of a segment of the source are listed.
  static boolean has(TimelineStore timelines, StreamId stream, long number, int parts) {
    return timelines.find(stream).filter(now -> has(now, SOURCE, number, parts)).isPresent();
  }

  private static boolean has(TimelineSnapshot now, RenditionId id, long number, int parts) {
    return now.rendition(id).map(RenditionTimeline::segments).orElse(List.of()).stream()
        .anyMatch(segment -> segment.number() == number && segment.parts().size() >= parts);
  }

  /// The bytes of all parts that a timeline lists, by name.
  Map<String, Bytes> media(TimelineSnapshot timeline) {
    return media(
        timeline,
        (key, part) ->
            await(media.part(key, part))
                .orElseThrow(
                    () -> new AssertionError("part %d of %s is lost".formatted(part, key))));
  }

  static Map<String, Bytes> media(TimelineSnapshot timeline, PublishedMedia stored) {
    return media(timeline, (key, part) -> stored.part(key, part).orElseThrow());
  }

  private interface Parts {
    Bytes part(SegmentKey key, int part);
  }

  private static Map<String, Bytes> media(TimelineSnapshot timeline, Parts stored) {
    Map<String, Bytes> media = new LinkedHashMap<>();
    for (RenditionTimeline rendition : timeline.renditions()) {
      for (TimelineSegment segment : rendition.segments()) {
        SegmentKey key =
            new SegmentKey(timeline.stream(), rendition.id(), segment.epoch(), segment.number());
        for (int part = 0; part < segment.parts().size(); part++) {
          media.put(key + " " + part, stored.part(key, part));
        }
      }
    }
    return media;
  }

  /// What was seen of a stream never went back, and had no holes.
  void assertMonotone(StreamId stream) {
    TimelineSnapshot before = null;
    for (TimelineSnapshot now : seen) {
      if (!now.stream().equals(stream)) {
        continue;
      }
      for (RenditionTimeline rendition : now.renditions()) {
        List<TimelineSegment> listed = rendition.segments();
        for (int i = 0; i < listed.size(); i++) {
          assertThat(listed.get(i).number()).isEqualTo(listed.getFirst().number() + i);
          assertThat(listed.get(i).gap()).as("gap in %s", rendition.id()).isFalse();
        }
        if (before != null) {
          before.rendition(rendition.id()).ifPresent(earlier -> assertGrown(earlier, rendition));
        }
      }
      before = now;
    }
  }

  private static void assertGrown(RenditionTimeline before, RenditionTimeline after) {
    for (TimelineSegment old : before.segments()) {
      TimelineSegment now =
          after.segments().stream()
              .filter(segment -> segment.number() == old.number())
              .findFirst()
              .orElse(null);
      if (now == null) {
        assertThat(old.parts()).as("only what has no part is taken back").isEmpty();
      } else {
        int had = old.parts().size();
        assertThat(now.parts().size()).isGreaterThanOrEqualTo(had);
        assertThat(now.parts().subList(0, had)).isEqualTo(old.parts());
        assertThat(now.start()).isEqualTo(old.start());
        assertThat(now.complete() || !old.complete()).isTrue();
      }
    }
  }

  @Override
  public void close() {
    replica.close();
  }
}
