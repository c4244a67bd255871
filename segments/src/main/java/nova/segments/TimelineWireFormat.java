package nova.segments;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nova.core.Bytes;
import nova.core.ChannelSlug;
import nova.core.Epoch;
import nova.core.RenditionId;
import nova.core.StreamId;
import nova.core.Timescale;
import nova.segments.TimelineDelta.RenditionChange;
import nova.segments.TimelineSnapshot.TimelineState;

/// A [TimelineSnapshot] or a [TimelineDelta] as bytes, for stores and channels that leave the
/// process. Whoever carries it knows where it ends.
///
///     format 1 | kind 1 (1 snapshot, 2 delta)
///     snapshot   head | n | renditions
///     delta      from version n | head | n | changes
///     head       stream t | channel t | version n | state 1 | started at i | ended 1 [| at i]
///     rendition  name t | format | listed 1 | version n | timescale n | part target s
///                | target duration s | independent segments 1 | discontinuity sequence s
///                | n | segments
///     format     0 | codecs t | peak s | average s | width s | height s | frame rate 8
///             or 1 | codecs t | peak s | average s | sample rate s | channels s
///     change     0 | index n
///             or 1 | index n | dropped n | kept n | rendition
///             or 2 | rendition
///     segment    number s, from the one before | epoch n
///                | flags 1 (1 discontinuity, 2 complete, 4 gap) | date i
///                | start s, from the end of the one before | n | parts
///     part       duration s | size s, and the lowest bit 1 when it is independent
///
/// `n` is a number and `s` one with a sign, of 1 to 10 bytes; `t` a text and its length before it;
/// `i` an instant, its seconds since 1970 `s` and its nanoseconds `n`; other numbers are counts of
/// bytes.
///
/// *Thread-safe.*
public final class TimelineWireFormat {
  /// The version this code writes, and the only one it reads.
  public static final int VERSION = 1;

  /// No snapshot is longer: 4,000 segments of 150 bytes in each of 7 renditions.
  public static final int MAX_BYTES = 4 << 20;

  private static final int SNAPSHOT = 1;
  private static final int DELTA = 2;

  private static final int VIDEO = 0;
  private static final int AUDIO = 1;

  private static final int KEPT = 0;
  private static final int CHANGED = 1;
  private static final int ADDED = 2;

  private static final int DISCONTINUITY = 1;
  private static final int COMPLETE = 2;
  private static final int GAP = 4;

  private static final int MAX_NAME = 64;
  private static final int MAX_CODECS = 256;
  private static final int MAX_RENDITIONS = 64;
  private static final int MAX_SEGMENTS = 100_000;
  private static final int MAX_PARTS = 1_000;
  private static final int RENDITION_BYTES = 20; // at least
  private static final int CHANGE_BYTES = 2;
  private static final int SEGMENT_BYTES = 7;
  private static final int PART_BYTES = 2;
  private static final int USUAL_BYTES = 8 << 10;

  private TimelineWireFormat() {}

  /// The bytes of a snapshot.
  ///
  /// @throws IllegalArgumentException when they are more than [#MAX_BYTES], or there is more of
  ///   something than any packager makes
  public static Bytes write(TimelineSnapshot snapshot) {
    WireWriter out = new WireWriter(USUAL_BYTES).u8(VERSION).u8(SNAPSHOT);
    writeHead(snapshot, out);
    writeCount("renditions", snapshot.renditions().size(), MAX_RENDITIONS, out);
    snapshot.renditions().forEach(rendition -> writeRendition(rendition, out));
    return bounded(out);
  }

  /// The bytes of a delta.
  ///
  /// @throws IllegalArgumentException when they are more than [#MAX_BYTES], or there is more of
  ///   something than any packager makes
  public static Bytes write(TimelineDelta delta) {
    WireWriter out = new WireWriter(USUAL_BYTES / 8).u8(VERSION).u8(DELTA);
    out.number(delta.fromVersion());
    writeHead(delta.head(), out);
    writeCount("renditions", delta.renditions().size(), MAX_RENDITIONS, out);
    delta.renditions().forEach(change -> writeChange(change, out));
    return bounded(out);
  }

  /// Reads a snapshot.
  ///
  /// @throws MalformedTimelineException when the bytes are not those of one
  public static TimelineSnapshot read(Bytes bytes) {
    WireReader in = open(bytes, SNAPSHOT);
    TimelineSnapshot head = readHead(in);
    int count = in.count("number of renditions", MAX_RENDITIONS, RENDITION_BYTES);
    List<RenditionTimeline> renditions = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      renditions.add(readRendition(in));
    }
    in.end();
    return head.withRenditions(renditions);
  }

  /// Reads a delta.
  ///
  /// @throws MalformedTimelineException when the bytes are not those of one
  public static TimelineDelta readDelta(Bytes bytes) {
    WireReader in = open(bytes, DELTA);
    long fromVersion = in.number();
    TimelineSnapshot head = readHead(in);
    int count = in.count("number of renditions", MAX_RENDITIONS, CHANGE_BYTES);
    List<RenditionChange> changes = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      changes.add(readChange(in));
    }
    in.end();
    return new TimelineDelta(fromVersion, head, changes);
  }

  private static void writeCount(String what, int count, int max, WireWriter out) {
    if (count > max) {
      throw new IllegalArgumentException(
          "timeline with %d %s (expected: <= %d)".formatted(count, what, max));
    }
    out.number(count);
  }

  private static Bytes bounded(WireWriter out) {
    if (out.length() > MAX_BYTES) {
      throw new IllegalArgumentException(
          "timeline of %d bytes (expected: <= %d)".formatted(out.length(), MAX_BYTES));
    }
    return out.toBytes();
  }

  private static WireReader open(Bytes bytes, int expectedKind) {
    WireReader in = new WireReader(bytes);
    if (bytes.length() > MAX_BYTES) {
      throw in.malformed("number of bytes", bytes.length(), "<= " + MAX_BYTES);
    }
    int version = in.u8();
    if (version != VERSION) {
      throw new MalformedTimelineException(
          "timeline-version",
          "timeline of format %d (expected: %d); run the same release of Nova everywhere"
              .formatted(version, VERSION));
    }
    int kind = in.u8();
    if (kind != expectedKind) {
      throw in.malformed("kind", kind, Integer.toString(expectedKind));
    }
    return in;
  }

  private static void writeHead(TimelineSnapshot snapshot, WireWriter out) {
    out.text(snapshot.stream().value())
        .text(snapshot.channel().value())
        .number(snapshot.version())
        .u8(
            switch (snapshot.state()) {
              case LIVE -> 0;
              case RECONNECTING -> 1;
              case ENDED -> 2;
            })
        .instant(snapshot.startedAt())
        .flag(snapshot.endedAt().isPresent());
    snapshot.endedAt().ifPresent(out::instant);
  }

  private static TimelineSnapshot readHead(WireReader in) {
    String stream = in.text("name of the stream", MAX_NAME);
    String channel = in.text("name of the channel", MAX_NAME);
    if (!StreamId.isValid(stream) || !ChannelSlug.isValid(channel)) {
      throw new MalformedTimelineException(
          "bad-timeline", "timeline of a stream or channel with a name that none can have");
    }
    long version = in.number();
    TimelineState state =
        switch (in.u8(2)) {
          case 0 -> TimelineState.LIVE;
          case 1 -> TimelineState.RECONNECTING;
          default -> TimelineState.ENDED;
        };
    Instant startedAt = in.instant();
    Optional<Instant> endedAt = in.flag() ? Optional.of(in.instant()) : Optional.empty();
    return new TimelineSnapshot(
        new StreamId(stream),
        new ChannelSlug(channel),
        version,
        state,
        startedAt,
        endedAt,
        List.of());
  }

  private static void writeChange(RenditionChange change, WireWriter out) {
    switch (change) {
      case RenditionChange.Kept(int index) -> out.u8(KEPT).number(index);
      case RenditionChange.Changed(int index, int dropped, int kept, RenditionTimeline rest) -> {
        out.u8(CHANGED).number(index).number(dropped).number(kept);
        writeRendition(rest, out);
      }
      case RenditionChange.Added(RenditionTimeline timeline) ->
          writeRendition(timeline, out.u8(ADDED));
    }
  }

  private static RenditionChange readChange(WireReader in) {
    return switch (in.u8(ADDED)) {
      case KEPT -> new RenditionChange.Kept(readIndex(in));
      case CHANGED ->
          new RenditionChange.Changed(
              readIndex(in),
              (int) in.number("number of dropped segments", MAX_SEGMENTS),
              (int) in.number("number of kept segments", MAX_SEGMENTS),
              readRendition(in));
      default -> new RenditionChange.Added(readRendition(in));
    };
  }

  private static int readIndex(WireReader in) {
    return (int) in.number("index of a rendition", MAX_RENDITIONS);
  }

  private static void writeRendition(RenditionTimeline rendition, WireWriter out) {
    out.text(rendition.id().value());
    writeFormat(rendition.format(), out);
    out.flag(rendition.listed())
        .number(rendition.version())
        .number(rendition.timescale().ticksPerSecond())
        .signed(rendition.partTarget())
        .signed(rendition.targetDurationSeconds())
        .flag(rendition.independentSegments())
        .signed(rendition.discontinuitySequence());
    writeCount("segments", rendition.segments().size(), MAX_SEGMENTS, out);
    long number = 0;
    long end = 0;
    for (TimelineSegment segment : rendition.segments()) {
      out.signed(segment.number() - number);
      writeSegment(segment, end, out);
      number = segment.number();
      end = segment.start() + segment.duration();
    }
  }

  private static RenditionTimeline readRendition(WireReader in) {
    String name = in.text("name of the rendition", MAX_NAME);
    if (!RenditionId.isValid(name)) {
      throw new MalformedTimelineException(
          "bad-timeline", "timeline of a rendition with a name that none can have");
    }
    RenditionFormat format = readFormat(in);
    boolean listed = in.flag();
    long version = in.number();
    long timescale = in.number("timescale", Integer.MAX_VALUE);
    if (timescale == 0) {
      throw in.malformed("timescale", timescale, "> 0");
    }
    long partTarget = in.signed();
    int targetDurationSeconds = readInt("target duration", in);
    boolean independentSegments = in.flag();
    long discontinuitySequence = in.signed();
    int count = in.count("number of segments", MAX_SEGMENTS, SEGMENT_BYTES);
    List<TimelineSegment> segments = new ArrayList<>(count);
    long number = 0;
    long end = 0;
    for (int i = 0; i < count; i++) {
      number += in.signed();
      TimelineSegment segment = readSegment(number, end, in);
      segments.add(segment);
      end = segment.start() + segment.duration();
    }
    return new RenditionTimeline(
        new RenditionId(name),
        format,
        listed,
        version,
        new Timescale((int) timescale),
        partTarget,
        targetDurationSeconds,
        independentSegments,
        discontinuitySequence,
        segments);
  }

  private static void writeFormat(RenditionFormat format, WireWriter out) {
    out.u8(
            switch (format) {
              case RenditionFormat.Video _ -> VIDEO;
              case RenditionFormat.Audio _ -> AUDIO;
            })
        .text(format.codecs())
        .signed(format.peakBitrateBps())
        .signed(format.averageBitrateBps());
    switch (format) {
      case RenditionFormat.Video video ->
          out.signed(video.width()).signed(video.height()).float64(video.frameRate());
      case RenditionFormat.Audio audio -> out.signed(audio.sampleRate()).signed(audio.channels());
    }
  }

  private static RenditionFormat readFormat(WireReader in) {
    int kind = in.u8(AUDIO);
    String codecs = in.text("codecs", MAX_CODECS);
    long peak = in.signed();
    long average = in.signed();
    return kind == VIDEO
        ? new RenditionFormat.Video(
            codecs, peak, average, readInt("width", in), readInt("height", in), in.float64())
        : new RenditionFormat.Audio(
            codecs, peak, average, readInt("sample rate", in), readInt("channels", in));
  }

  private static void writeSegment(TimelineSegment segment, long endBefore, WireWriter out) {
    out.number(segment.epoch().number())
        .u8(
            (segment.discontinuity() ? DISCONTINUITY : 0)
                | (segment.complete() ? COMPLETE : 0)
                | (segment.gap() ? GAP : 0))
        .instant(segment.programDateTime())
        .signed(segment.start() - endBefore);
    writeCount("parts of a segment", segment.parts().size(), MAX_PARTS, out);
    for (TimelinePart part : segment.parts()) {
      out.signed(part.duration())
          .signed((long) part.sizeBytes() << 1 | (part.independent() ? 1 : 0));
    }
  }

  private static TimelineSegment readSegment(long number, long endBefore, WireReader in) {
    Epoch epoch = new Epoch((int) in.number("epoch", Integer.MAX_VALUE));
    int flags = in.u8(DISCONTINUITY | COMPLETE | GAP);
    Instant programDateTime = in.instant();
    long start = endBefore + in.signed();
    int count = in.count("number of parts", MAX_PARTS, PART_BYTES);
    List<TimelinePart> parts = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      long duration = in.signed();
      long size = in.signed();
      if (size >> 1 != (int) (size >> 1)) {
        throw in.malformed("size of a part", size >> 1, "of 32 bits");
      }
      parts.add(new TimelinePart(duration, (size & 1) != 0, (int) (size >> 1)));
    }
    return new TimelineSegment(
        number,
        epoch,
        (flags & DISCONTINUITY) != 0,
        programDateTime,
        start,
        parts,
        (flags & COMPLETE) != 0,
        (flags & GAP) != 0);
  }

  private static int readInt(String what, WireReader in) {
    long value = in.signed();
    if (value != (int) value) {
      throw in.malformed(what, value, "of 32 bits");
    }
    return (int) value;
  }
}
