package nova.delivery;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
import nova.segments.TimelineSnapshot.TimelineState;
import nova.segments.TimelineStore;

/// A broadcast that a test drives part by part: what a packager would put into the stores, with
/// bytes that tell which part they are.
///
/// *Confined to its test.*
public final class Broadcast {
  public static final RenditionId VIDEO = new RenditionId("source");
  public static final RenditionId AUDIO = new RenditionId("audio");

  private final TimelineStore timelines;
  private final SegmentStore segments;
  private final Map<RenditionId, Rendition> renditions = new LinkedHashMap<>();
  private final int window;
  private final Instant startedAt;
  private final StreamId stream;
  private final ChannelSlug channel;
  private TimelineState state = TimelineState.LIVE;
  private Optional<Instant> endedAt = Optional.empty();
  private int epoch;
  private long version;

  private static final class Rendition {
    final RenditionFormat format;
    final Timescale timescale;
    final long partTarget;
    final List<TimelineSegment> segments = new ArrayList<>();
    long version;
    long time;
    long discontinuitySequence;
    boolean independent = true;
    boolean listed = true;

    Rendition(RenditionFormat format, Timescale timescale, long partTarget) {
      this.format = format;
      this.timescale = timescale;
      this.partTarget = partTarget;
    }
  }

  /// @param window segments kept
  public Broadcast(
      TimelineStore timelines,
      SegmentStore segments,
      String stream,
      String channel,
      Instant startedAt,
      int window) {
    this.timelines = timelines;
    this.segments = segments;
    this.stream = new StreamId(stream);
    this.channel = new ChannelSlug(channel);
    this.startedAt = startedAt;
    this.window = window;
  }

  public StreamId stream() {
    return stream;
  }

  /// Adds a 720p25 video rendition.
  public Broadcast withVideo() {
    renditions.put(
        VIDEO,
        new Rendition(
            new RenditionFormat.Video("avc1.64001f", 3_300_000, 3_000_000, 1280, 720, 25),
            Timescale.VIDEO,
            30_060));
    initialize(VIDEO);
    return this;
  }

  /// Adds a stereo audio rendition.
  public Broadcast withAudio() {
    renditions.put(
        AUDIO,
        new Rendition(
            new RenditionFormat.Audio("mp4a.40.2", 130_000, 128_000, 48_000, 2),
            new Timescale(48_000),
            16_032));
    initialize(AUDIO);
    return this;
  }

  /// Adds sound that was HE-AAC at the source, and what it was encoded to.
  public Broadcast withAudioEncoded(RenditionId id) {
    for (RenditionId each : List.of(id, AUDIO)) {
      String codec = each.equals(AUDIO) ? "mp4a.40.5" : "mp4a.40.2";
      renditions.put(
          each,
          new Rendition(
              new RenditionFormat.Audio(codec, 130_000, 128_000, 48_000, 2),
              new Timescale(48_000),
              16_032));
      initialize(each);
    }
    return this;
  }

  /// Adds an encoded rung of video.
  public Broadcast withRung(RenditionId id, int height, long bitrateBps) {
    renditions.put(
        id,
        new Rendition(
            new RenditionFormat.Video(
                "avc1.64001e", bitrateBps * 11 / 10, bitrateBps, height * 16 / 9, height, 25),
            Timescale.VIDEO,
            30_060));
    initialize(id);
    return this;
  }

  /// Takes a rendition out of the timeline; its media stays.
  public Broadcast without(RenditionId id) {
    renditions.remove(id);
    return this;
  }

  /// Whether the multivariant playlist is to offer a rendition.
  public Broadcast listed(RenditionId id, boolean listed) {
    rendition(id).listed = listed;
    return this;
  }

  /// Claims or denies that every segment of a rendition begins with a keyframe.
  public Broadcast independent(RenditionId id, boolean independent) {
    rendition(id).independent = independent;
    return this;
  }

  /// Claims or denies that every segment begins with a keyframe.
  public Broadcast independent(boolean independent) {
    renditions.values().forEach(r -> r.independent = independent);
    return this;
  }

  /// Publishes the next part of a rendition; a part of video lasts 320 ms, one of audio 320 ms.
  public Broadcast part(RenditionId id) {
    return part(id, 320);
  }

  public Broadcast part(RenditionId id, long durationMs) {
    return part(id, durationMs, Optional.empty());
  }

  /// Publishes the next part of a rendition, of bytes of its own.
  public Broadcast part(RenditionId id, Bytes chunk) {
    return part(id, 320, Optional.of(chunk));
  }

  private Broadcast part(RenditionId id, long durationMs, Optional<Bytes> bytes) {
    Rendition rendition = rendition(id);
    TimelineSegment last = rendition.segments.isEmpty() ? null : rendition.segments.getLast();
    if (last == null || last.complete()) {
      last = open(rendition, last);
    }
    int index = last.parts().size();
    Bytes chunk = bytes.orElse(chunk(id, last.number(), index));
    segments.putPart(new SegmentKey(stream, id, last.epoch(), last.number()), index, chunk);
    long ticks = durationMs * rendition.timescale.ticksPerSecond() / 1_000;
    TimelinePart part = new TimelinePart(ticks, index == 0 || id.equals(AUDIO), chunk.length());
    rendition.segments.set(rendition.segments.size() - 1, last.withPart(part));
    rendition.time += ticks;
    rendition.version++;
    return this;
  }

  /// Completes the open segment and lets the window slide.
  public Broadcast complete(RenditionId id) {
    Rendition rendition = rendition(id);
    TimelineSegment last = rendition.segments.getLast();
    segments.completeSegment(new SegmentKey(stream, id, last.epoch(), last.number()));
    rendition.segments.set(rendition.segments.size() - 1, last.completed());
    while (rendition.segments.size() > window) {
      TimelineSegment gone = rendition.segments.removeFirst();
      rendition.discontinuitySequence += gone.discontinuity() ? 1 : 0;
    }
    rendition.version++;
    return this;
  }

  /// Publishes a whole segment of six parts in a rendition.
  public Broadcast segment(RenditionId id) {
    for (int i = 0; i < 6; i++) {
      part(id);
    }
    return complete(id);
  }

  /// Publishes whole segments in all renditions.
  public Broadcast segments(int count) {
    for (int i = 0; i < count; i++) {
      renditions.keySet().forEach(this::segment);
    }
    return this;
  }

  /// Begins a new epoch: what comes next follows a discontinuity.
  public Broadcast nextEpoch() {
    epoch++;
    renditions.keySet().forEach(this::initialize);
    return this;
  }

  public Broadcast state(TimelineState next) {
    state = next;
    endedAt = next == TimelineState.ENDED ? Optional.of(startedAt.plusSeconds(60)) : endedAt;
    return this;
  }

  /// What the packager would put now.
  public TimelineSnapshot snapshot() {
    List<RenditionTimeline> timelinesNow = new ArrayList<>();
    renditions.forEach(
        (id, r) ->
            timelinesNow.add(
                new RenditionTimeline(
                    id,
                    r.format,
                    r.listed,
                    r.version,
                    r.timescale,
                    r.partTarget,
                    4,
                    r.independent,
                    r.discontinuitySequence,
                    r.segments)));
    return new TimelineSnapshot(
        stream, channel, ++version, state, startedAt, endedAt, timelinesNow);
  }

  /// Puts the current state into the timeline store.
  public Broadcast put() {
    timelines.put(snapshot());
    return this;
  }

  /// The bytes of a part.
  public static Bytes chunk(RenditionId id, long number, int part) {
    byte[] text =
        "<%s %d.%d>"
            .formatted(id, number, part)
            .repeat(40)
            .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    return Bytes.wrap(ByteBuffer.allocateDirect(text.length).put(text).flip());
  }

  private void initialize(RenditionId id) {
    segments.putInit(stream, id, new Epoch(epoch), Bytes.ofUtf8("init " + id + " " + epoch));
  }

  private Rendition rendition(RenditionId id) {
    return Optional.ofNullable(renditions.get(id)).orElseThrow();
  }

  private TimelineSegment open(
      Rendition rendition, @org.jspecify.annotations.Nullable TimelineSegment last) {
    boolean discontinuity = last != null && last.epoch().number() != epoch;
    TimelineSegment opened =
        new TimelineSegment(
            last == null ? 0 : last.number() + 1,
            new Epoch(epoch),
            discontinuity,
            startedAt.plus(
                Duration.ofMillis(rendition.time * 1_000 / rendition.timescale.ticksPerSecond())),
            rendition.time,
            List.of(),
            false,
            false);
    rendition.segments.add(opened);
    return opened;
  }
}
