package nova.bench;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import nova.core.Bytes;
import nova.core.ChannelSlug;
import nova.core.Epoch;
import nova.core.RenditionId;
import nova.core.StreamId;
import nova.core.Timescale;
import nova.segments.RenditionFormat;
import nova.segments.RenditionTimeline;
import nova.segments.SegmentKey;
import nova.segments.SegmentStore;
import nova.segments.TimelinePart;
import nova.segments.TimelineSegment;
import nova.segments.TimelineSnapshot;
import nova.segments.TimelineStore;

/// A live stream put into the stores by hand, as the packager would: 3 Mbit/s of video and 128
/// kbit/s of audio in six parts per segment of 2 s, and a window of 60 s.
///
/// *Confined to its creator's thread.*
final class SyntheticStream {
  static final RenditionId VIDEO = new RenditionId("source");
  static final RenditionId AUDIO = new RenditionId("audio");
  static final int PARTS_PER_SEGMENT = 6;

  private static final int WINDOW_SEGMENTS = 30;
  private static final Epoch EPOCH = new Epoch(0);
  private static final Instant STARTED_AT = Instant.parse("2026-01-01T00:00:00Z");
  private static final long PART_DURATION = 30_000;
  private static final long PART_TARGET = 30_060;
  private static final long SEGMENT_DURATION = PART_DURATION * PARTS_PER_SEGMENT;

  private final StreamId id;
  private final SegmentStore store;
  private final TimelineStore timelines;
  private final List<Bytes> videoParts = parts(125_000);
  private final List<Bytes> audioParts = parts(5_300);
  private final List<TimelineSegment> segments = new ArrayList<>();
  private long segment;
  private int part;
  private long version;

  SyntheticStream(StreamId id, SegmentStore store, TimelineStore timelines) {
    this.id = id;
    this.store = store;
    this.timelines = timelines;
    store.putInit(id, VIDEO, EPOCH, Bytes.wrap(new byte[700]));
    store.putInit(id, AUDIO, EPOCH, Bytes.wrap(new byte[600]));
    for (int i = 0; i < WINDOW_SEGMENTS * PARTS_PER_SEGMENT; i++) {
      putNextPart();
    }
  }

  /// Bytes that differ from part to part in direct memory, as chunks are.
  private static List<Bytes> parts(int length) {
    Random random = new Random(length);
    List<Bytes> parts = new ArrayList<>();
    for (int i = 0; i < PARTS_PER_SEGMENT; i++) {
      byte[] bytes = new byte[length];
      random.nextBytes(bytes);
      parts.add(Bytes.wrap(ByteBuffer.allocateDirect(length).put(bytes).flip()));
    }
    return parts;
  }

  StreamId id() {
    return id;
  }

  /// Number of the segment that the next part belongs to.
  long nextSegment() {
    return segment;
  }

  /// Index of the next part in it.
  int nextPart() {
    return part;
  }

  /// Segments that are complete and stored, the newest last.
  List<SegmentKey> completeSegments(RenditionId rendition) {
    return segments.stream()
        .filter(TimelineSegment::complete)
        .map(known -> new SegmentKey(id, rendition, EPOCH, known.number()))
        .toList();
  }

  int partBytes(RenditionId rendition) {
    return (rendition.equals(VIDEO) ? videoParts : audioParts).getFirst().length();
  }

  /// Puts the next part of the video and then of the audio, each with a snapshot of its own.
  void putNextPart() {
    boolean completes = part == PARTS_PER_SEGMENT - 1;
    List<TimelineSegment> before = List.copyOf(segments);
    appendToTimeline(completes);
    for (RenditionId rendition : List.of(VIDEO, AUDIO)) {
      SegmentKey key = new SegmentKey(id, rendition, EPOCH, segment);
      store.putPart(key, part, (rendition.equals(VIDEO) ? videoParts : audioParts).get(part));
      if (completes) {
        store.completeSegment(key);
      }
      timelines.put(snapshot(rendition.equals(VIDEO) ? before : segments));
    }
    for (RenditionId rendition : List.of(VIDEO, AUDIO)) {
      store.removeSegmentsBefore(id, rendition, segments.getFirst().number());
    }
    segment = completes ? segment + 1 : segment;
    part = completes ? 0 : part + 1;
  }

  private void appendToTimeline(boolean completes) {
    List<TimelinePart> parts = new ArrayList<>();
    if (part > 0) {
      parts.addAll(segments.removeLast().parts());
    }
    parts.add(new TimelinePart(PART_DURATION, part == 0, videoParts.get(part).length()));
    segments.add(
        new TimelineSegment(
            segment,
            EPOCH,
            false,
            STARTED_AT.plusSeconds(2 * segment),
            segment * SEGMENT_DURATION,
            parts,
            completes,
            false));
    if (segments.size() > WINDOW_SEGMENTS) {
      segments.removeFirst();
    }
  }

  private TimelineSnapshot snapshot(List<TimelineSegment> audioSegments) {
    version++;
    return new TimelineSnapshot(
        id,
        new ChannelSlug("bench"),
        version,
        TimelineSnapshot.TimelineState.LIVE,
        STARTED_AT,
        Optional.empty(),
        List.of(
            timeline(
                VIDEO,
                new RenditionFormat.Video("avc1.64001f", 3_200_000, 3_000_000, 1280, 720, 30),
                segments),
            timeline(
                AUDIO,
                new RenditionFormat.Audio("mp4a.40.2", 132_000, 128_000, 48_000, 2),
                audioSegments)));
  }

  private RenditionTimeline timeline(
      RenditionId rendition, RenditionFormat format, List<TimelineSegment> window) {
    return new RenditionTimeline(
        rendition, format, true, version, Timescale.VIDEO, PART_TARGET, 4, true, 0, window);
  }
}
