package nova.packager;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import nova.core.Bytes;
import nova.core.Epoch;
import nova.core.RenditionId;
import nova.core.StreamId;
import nova.segments.InMemorySegmentStore;
import nova.segments.InMemoryTimelineStore;
import nova.segments.PublishedMedia;
import nova.segments.RenditionTimeline;
import nova.segments.SegmentKey;
import nova.segments.SegmentStoreConfig;
import nova.segments.StoreUnavailableException;
import nova.segments.TimelineSegment;
import nova.segments.TimelineSnapshot;
import nova.segments.TimelineSnapshot.TimelineState;

/// What the processes of a service publish, where viewers find it: media, and timelines after the
/// media that they list. It takes note of everything that no process may do.
///
/// *Thread-safe.*
final class SharedShelf implements PublishedMedia {
  final InMemorySegmentStore segments = new InMemorySegmentStore(SegmentStoreConfig.defaults());
  final InMemoryTimelineStore timelines =
      new InMemoryTimelineStore(
          (_, e) -> {
            throw new AssertionError(e);
          });
  final List<TimelineSnapshot> snapshots = new CopyOnWriteArrayList<>();
  private final AtomicInteger unavailable = new AtomicInteger();
  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);
  private final List<String> conflicts = new CopyOnWriteArrayList<>();

  SharedShelf() {
    timelines.listen(
        snapshot -> {
          snapshots.add(snapshot);
          if (snapshot.state() == TimelineState.ENDED) {
            ended.countDown();
          }
        });
  }

  /// Waits until the stream is over.
  TimelineSnapshot awaitEnd() throws InterruptedException {
    if (!ended.await(20, TimeUnit.SECONDS)) {
      throw new AssertionError("it does not end: " + snapshots.getLast());
    }
    return snapshots.getLast();
  }

  /// Waits for a snapshot.
  void await(Predicate<TimelineSnapshot> condition) throws InterruptedException {
    CountDownLatch met = new CountDownLatch(1);
    try (var _ =
        timelines.listen(
            snapshot -> {
              if (condition.test(snapshot)) {
                met.countDown();
              }
            })) {
      boolean now = timelines.find(PackagedStream.STREAM).filter(condition).isPresent();
      if (!now && !met.await(20, TimeUnit.SECONDS)) {
        throw new AssertionError("no such snapshot; the last is " + snapshots.getLast());
      }
    }
  }

  void putInit(StreamId stream, RenditionId rendition, Epoch epoch, Bytes init) {
    if (!segments.putInit(stream, rendition, epoch, init)
        && !segments.init(stream, rendition, epoch).equals(Optional.of(init))) {
      conflicts.add("another header of %s in epoch %s".formatted(rendition, epoch));
    }
  }

  void putPart(SegmentKey key, int part, Bytes chunk) {
    if (!segments.putPart(key, part, chunk)
        && !segments.part(key, part).equals(Optional.of(chunk))) {
      conflicts.add("another part %d of %s".formatted(part, key));
    }
  }

  /// Cannot be asked so many times.
  void unavailable(int times) {
    unavailable.set(times);
  }

  /// Waits until somebody wanted what cannot be asked for.
  void awaitAsked() throws InterruptedException {
    if (!asked.await(20, TimeUnit.SECONDS)) {
      throw new AssertionError("nobody asked");
    }
  }

  private void requireAvailable() {
    if (unavailable.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      asked.countDown();
      throw new StoreUnavailableException("away", new IOException("connection refused"));
    }
  }

  @Override
  public Optional<Bytes> init(StreamId stream, RenditionId rendition, Epoch epoch) {
    requireAvailable();
    return segments.init(stream, rendition, epoch);
  }

  @Override
  public Optional<Bytes> part(SegmentKey segment, int part) {
    requireAvailable();
    return segments.part(segment, part);
  }

  /// The newest state of every segment that was ever listed for a rendition, by number.
  List<TimelineSegment> everListed(RenditionId rendition) {
    TreeMap<Long, TimelineSegment> all = new TreeMap<>();
    for (TimelineSnapshot snapshot : snapshots) {
      for (TimelineSegment segment :
          snapshot.rendition(rendition).map(RenditionTimeline::segments).orElse(List.of())) {
        all.put(segment.number(), segment);
      }
    }
    return List.copyOf(all.values());
  }

  /// The bytes of all parts of a segment.
  List<Bytes> parts(RenditionId rendition, TimelineSegment segment) {
    SegmentKey key =
        new SegmentKey(PackagedStream.STREAM, rendition, segment.epoch(), segment.number());
    List<Bytes> parts = new ArrayList<>();
    for (int part = 0; part < segment.parts().size(); part++) {
      parts.add(segments.part(key, part).orElseThrow(() -> new AssertionError(key + " is lost")));
    }
    return parts;
  }

  /// What viewers saw never went back, had no holes, and was there.
  void assertMonotone() {
    assertThat(conflicts).isEmpty();
    TimelineSnapshot before = null;
    for (TimelineSnapshot snapshot : snapshots) {
      for (RenditionTimeline rendition : snapshot.renditions()) {
        assertThat(rendition.segments())
            .as("%s of %s after %s", rendition.id(), snapshot, before)
            .isNotEmpty();
        assertContiguous(rendition);
        assertStored(rendition);
      }
      if (before != null) {
        assertThat(snapshot.version()).isGreaterThan(before.version());
        for (RenditionTimeline rendition : before.renditions()) {
          assertThat(snapshot.rendition(rendition.id()))
              .as("%s after %s", rendition.id(), before)
              .isPresent();
          assertGrown(rendition, snapshot.rendition(rendition.id()).orElseThrow());
        }
      }
      before = snapshot;
    }
  }

  private static void assertContiguous(RenditionTimeline rendition) {
    List<TimelineSegment> segments = rendition.segments();
    for (int i = 0; i < segments.size(); i++) {
      assertThat(segments.get(i).number()).isEqualTo(segments.getFirst().number() + i);
      assertThat(i == segments.size() - 1 || segments.get(i).complete())
          .as("%s of %s", segments.get(i), rendition.id())
          .isTrue();
    }
  }

  private void assertStored(RenditionTimeline rendition) {
    TimelineSegment last = rendition.segments().getLast();
    if (!last.gap()) {
      List<Bytes> parts = parts(rendition.id(), last);
      assertThat(parts.stream().map(Bytes::length).toList())
          .as("sizes of %s of %s", last, rendition.id())
          .isEqualTo(last.parts().stream().map(part -> part.sizeBytes()).toList());
    }
  }

  private static void assertGrown(RenditionTimeline before, RenditionTimeline after) {
    long first = after.segments().getFirst().number();
    List<TimelineSegment> kept =
        before.segments().stream().filter(segment -> segment.number() >= first).toList();
    for (int i = 0; i < kept.size(); i++) {
      TimelineSegment old = kept.get(i);
      if (i >= after.segments().size()) {
        assertThat(old.parts()).as("only what was not listed is taken back: %s", old).isEmpty();
        continue;
      }
      TimelineSegment now = after.segments().get(i);
      if (old.parts().isEmpty()) {
        continue; // not listed yet
      }
      assertThat(now.number()).isEqualTo(old.number());
      assertThat(now.epoch()).isEqualTo(old.epoch());
      assertThat(now.start()).isEqualTo(old.start());
      assertThat(now.discontinuity()).isEqualTo(old.discontinuity());
      assertThat(now.programDateTime()).isEqualTo(old.programDateTime());
      assertThat(now.gap()).isEqualTo(old.gap());
      assertThat(now.parts().size()).isGreaterThanOrEqualTo(old.parts().size());
      assertThat(now.parts().subList(0, old.parts().size())).isEqualTo(old.parts());
      if (old.complete()) {
        assertThat(now).isEqualTo(old);
      }
    }
    assertThat(sequences(after)).containsAllEntriesOf(sequences(before).tailMap(first, true));
    assertThat(after.partTarget()).isEqualTo(before.partTarget());
    assertThat(after.timescale()).isEqualTo(before.timescale());
    assertThat(after.independentSegments()).isIn(before.independentSegments(), false);
  }

  /// The discontinuity sequence number of each segment that playlists list: one with a part.
  private static NavigableMap<Long, Long> sequences(RenditionTimeline rendition) {
    TreeMap<Long, Long> sequences = new TreeMap<>();
    long sequence = rendition.discontinuitySequence();
    for (TimelineSegment segment : rendition.segments()) {
      sequence += segment.discontinuity() ? 1 : 0;
      if (!segment.parts().isEmpty()) {
        sequences.put(segment.number(), sequence);
      }
    }
    return sequences;
  }
}
