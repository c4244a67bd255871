package nova.backends.redis;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import nova.core.Bytes;
import nova.core.ChannelSlug;
import nova.core.Epoch;
import nova.core.RenditionId;
import nova.core.StreamId;
import nova.core.Timescale;
import nova.segments.InMemoryPosterStore;
import nova.segments.InMemorySegmentStore;
import nova.segments.InMemoryTimelineStore;
import nova.segments.RenditionFormat;
import nova.segments.RenditionTimeline;
import nova.segments.SegmentKey;
import nova.segments.SegmentStoreConfig;
import nova.segments.TimelinePart;
import nova.segments.TimelineSegment;
import nova.segments.TimelineSnapshot;
import nova.segments.TimelineSnapshot.TimelineState;

/// Puts media of one stream into stores as a packager does: parts, a snapshot for each, a window
/// that slides, and removal of what left it.
///
/// *Confined to the test's thread.*
final class TestPackager {
  static final Instant NOON = Instant.parse("2026-11-01T12:00:00Z");

  final InMemorySegmentStore segments = new InMemorySegmentStore(SegmentStoreConfig.defaults());
  final InMemoryTimelineStore timelines =
      new InMemoryTimelineStore(
          (_, failure) -> {
            throw new AssertionError(failure);
          });
  final InMemoryPosterStore posters = new InMemoryPosterStore();

  private final StreamId stream;
  private final int listed;
  private final int partBytes;
  private final Random random = new Random(7);
  private final Map<RenditionId, List<TimelineSegment>> windows = new LinkedHashMap<>();
  private Epoch epoch = new Epoch(0);
  private long version;
  private long number = 10;
  private TimelineState state = TimelineState.LIVE;

  /// @param listed segments in each playlist; as many again stay in the store
  TestPackager(StreamId stream, int listed, int partBytes, String... renditions) {
    this.stream = stream;
    this.listed = listed;
    this.partBytes = partBytes;
    for (String rendition : renditions) {
      windows.put(new RenditionId(rendition), new ArrayList<>());
    }
  }

  /// Goes on where another packager stopped, with its timeline but without its media.
  TestPackager(TimelineSnapshot last, int listed, int partBytes) {
    this(last.stream(), listed, partBytes);
    version = last.version();
    for (RenditionTimeline rendition : last.renditions()) {
      windows.put(rendition.id(), new ArrayList<>(rendition.segments()));
      number = Math.max(number, rendition.segments().getLast().number() + 1);
      epoch = rendition.segments().getLast().epoch();
    }
  }

  /// A part more of each rendition.
  void part() {
    windows.forEach(this::addPart);
    put();
  }

  /// A segment of so many parts, complete.
  void segment(int parts) {
    for (int part = 0; part < parts; part++) {
      part();
    }
    complete();
  }

  /// Completes the open segments and lets the window slide.
  void complete() {
    windows.forEach(
        (rendition, window) -> {
          TimelineSegment done = window.removeLast().completed();
          window.add(done);
          segments.completeSegment(key(rendition, done));
          while (window.size() > listed) {
            window.removeFirst();
          }
        });
    number++;
    put();
    windows.keySet().forEach(id -> segments.removeSegmentsBefore(stream, id, number - 2L * listed));
  }

  /// The next segment begins a new epoch.
  void nextEpoch() {
    epoch = epoch.next();
  }

  /// A rendition more.
  void add(String rendition) {
    windows.put(new RenditionId(rendition), new ArrayList<>());
  }

  /// A rendition less.
  void drop(String rendition) {
    windows.remove(new RenditionId(rendition));
    put();
  }

  void state(TimelineState next) {
    state = next;
    put();
  }

  /// Forgets the stream.
  void remove() {
    timelines.remove(stream);
    segments.removeStream(stream);
  }

  TimelineSnapshot snapshot() {
    return timelines.find(stream).orElseThrow();
  }

  SegmentKey key(RenditionId rendition, TimelineSegment segment) {
    return new SegmentKey(stream, rendition, segment.epoch(), segment.number());
  }

  private void addPart(RenditionId rendition, List<TimelineSegment> window) {
    if (window.isEmpty() || window.getLast().complete()) {
      segments.putInit(stream, rendition, epoch, Bytes.ofUtf8("init of " + rendition + epoch));
      window.add(
          new TimelineSegment(
              number,
              epoch,
              false,
              NOON.plusSeconds(2 * number),
              180_000 * number,
              List.of(),
              false,
              false));
    }
    TimelineSegment open = window.removeLast();
    byte[] bytes = new byte[partBytes];
    random.nextBytes(bytes);
    segments.putPart(key(rendition, open), open.parts().size(), Bytes.wrap(bytes));
    window.add(open.withPart(new TimelinePart(30_000, open.parts().isEmpty(), partBytes)));
  }

  private void put() {
    version++;
    List<RenditionTimeline> renditions = new ArrayList<>();
    windows.forEach(
        (id, window) ->
            renditions.add(
                new RenditionTimeline(
                    id,
                    new RenditionFormat.Audio("mp4a.40.2", 1, 1, 48_000, 2),
                    true,
                    version,
                    Timescale.VIDEO,
                    30_060,
                    4,
                    true,
                    0,
                    window)));
    renditions.removeIf(rendition -> rendition.segments().isEmpty());
    timelines.put(
        new TimelineSnapshot(
            stream,
            new ChannelSlug("live"),
            version,
            state,
            NOON,
            state == TimelineState.ENDED ? Optional.of(NOON.plusSeconds(60)) : Optional.empty(),
            renditions));
  }
}
