package nova.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import nova.core.Bytes;
import nova.core.Epoch;
import nova.core.RenditionId;
import nova.core.StreamId;
import nova.segments.InMemorySegmentStore;
import nova.segments.InMemoryTimelineStore;
import nova.segments.RenditionTimeline;
import nova.segments.SegmentKey;
import nova.segments.SegmentStoreConfig;
import nova.segments.TimelineSegment;
import nova.segments.TimelineSnapshot;

/// What several processes publish of one stream, where viewers find it, and when it was there.
///
/// *Thread-safe.*
final class SharedShelf {
  private final InMemorySegmentStore segments =
      new InMemorySegmentStore(SegmentStoreConfig.defaults());
  private final InMemoryTimelineStore timelines =
      new InMemoryTimelineStore(
          (_, e) -> {
            throw new AssertionError(e);
          });
  private final Map<StreamId, Bytes> ladders = new ConcurrentHashMap<>();
  private final List<Published> published = new CopyOnWriteArrayList<>();
  private final List<String> conflicts = new CopyOnWriteArrayList<>();

  /// A snapshot and when it was published.
  record Published(TimelineSnapshot snapshot, long atNs) {}

  SharedShelf() {
    timelines.listen(snapshot -> published.add(new Published(snapshot, System.nanoTime())));
  }

  InMemorySegmentStore segments() {
    return segments;
  }

  InMemoryTimelineStore timelines() {
    return timelines;
  }

  Map<StreamId, Bytes> ladders() {
    return ladders;
  }

  void putInit(StreamId stream, RenditionId rendition, Epoch epoch, Bytes init) {
    if (!segments.putInit(stream, rendition, epoch, init)
        && !segments.init(stream, rendition, epoch).equals(Optional.of(init))) {
      conflicts.add("another header of %s".formatted(rendition));
    }
  }

  void putPart(SegmentKey key, int part, Bytes chunk) {
    if (!segments.putPart(key, part, chunk)
        && !segments.part(key, part).equals(Optional.of(chunk))) {
      conflicts.add("another part %d of %s".formatted(part, key));
    }
  }

  /// Milliseconds from a time until something new of a rendition was listed.
  long listedAfterMs(RenditionId rendition, long sinceNs) {
    long before = 0;
    for (Published one : published) {
      long parts = parts(one.snapshot, rendition);
      if (one.atNs > sinceNs && parts > before) {
        return (one.atNs - sinceNs) / 1_000_000;
      }
      before = parts;
    }
    throw new AssertionError("nothing more of " + rendition);
  }

  private static long parts(TimelineSnapshot snapshot, RenditionId rendition) {
    return snapshot.rendition(rendition).map(RenditionTimeline::segments).orElse(List.of()).stream()
        .mapToLong(segment -> segment.parts().size())
        .sum();
  }

  /// What viewers saw never went back, and had no holes.
  void assertMonotone() {
    assertThat(conflicts).isEmpty();
    TimelineSnapshot before = null;
    for (Published one : published) {
      for (RenditionTimeline rendition : one.snapshot.renditions()) {
        List<TimelineSegment> listed = rendition.segments();
        for (int i = 0; i < listed.size(); i++) {
          assertThat(listed.get(i).number()).isEqualTo(listed.getFirst().number() + i);
          assertThat(listed.get(i).gap()).as("gap in %s", rendition.id()).isFalse();
        }
        if (before != null) {
          before.rendition(rendition.id()).ifPresent(earlier -> assertGrown(earlier, rendition));
        }
      }
      before = one.snapshot;
    }
  }

  private static void assertGrown(RenditionTimeline before, RenditionTimeline after) {
    for (TimelineSegment old : before.segments()) {
      after.segments().stream()
          .filter(segment -> segment.number() == old.number())
          .forEach(
              segment -> {
                assertThat(segment.start()).isEqualTo(old.start());
                int had = old.parts().size();
                assertThat(segment.parts().size()).isGreaterThanOrEqualTo(had);
                assertThat(segment.parts().subList(0, had)).isEqualTo(old.parts());
                assertThat(segment.complete() || !old.complete()).isTrue();
              });
    }
  }

  /// The newest state of all segments of a rendition that were ever listed.
  List<TimelineSegment> everListed(RenditionId rendition) {
    TreeMap<Long, TimelineSegment> all = new TreeMap<>();
    for (Published one : published) {
      one.snapshot
          .rendition(rendition)
          .map(RenditionTimeline::segments)
          .orElse(List.of())
          .forEach(segment -> all.put(segment.number(), segment));
    }
    return new ArrayList<>(all.values());
  }

  /// The header and all parts of a rendition, one after the other, as a player loads them.
  Path file(Path directory, StreamId stream, RenditionId rendition) throws IOException {
    Path file = directory.resolve(rendition + ".mp4");
    List<TimelineSegment> all = everListed(rendition);
    try (OutputStream out = Files.newOutputStream(file)) {
      out.write(
          segments.init(stream, rendition, all.getFirst().epoch()).orElseThrow().toByteArray());
      for (TimelineSegment segment : all) {
        SegmentKey key = new SegmentKey(stream, rendition, segment.epoch(), segment.number());
        for (int part = 0; part < segment.parts().size(); part++) {
          out.write(segments.part(key, part).orElseThrow().toByteArray());
        }
      }
    }
    return file;
  }
}
