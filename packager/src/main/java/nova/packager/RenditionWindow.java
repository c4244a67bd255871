package nova.packager;

import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import nova.core.Epoch;
import nova.core.RenditionId;
import nova.core.Timescale;
import nova.media.TrackFormat;
import nova.segments.RenditionFormat;
import nova.segments.RenditionTimeline;
import nova.segments.TimelinePart;
import nova.segments.TimelineSegment;
import org.jspecify.annotations.Nullable;

/// The sliding window of one rendition while it grows: what becomes a [RenditionTimeline].
///
/// The timescale is that of the rendition's first epoch; times of an epoch with another one are
/// converted by their ends, so nothing drifts.
///
/// *Confined to the holder of its stream's lock.*
final class RenditionWindow {
  private final RenditionId id;
  private final Timescale timescale;
  private final long partTarget;
  private final int targetDurationSeconds;
  private final BitrateMeter bitrate;
  private final long restoredThrough; // the last number of another process, -1 when there was none
  private final List<TimelineSegment> segments = new ArrayList<>();
  private final Deque<Left> left = new ArrayDeque<>(); // the playlist, but not yet the store
  private final Map<Long, Long> decodeStarts = new HashMap<>(); // of cuts within groups of pictures
  private @Nullable TimelineSegment newest; // of the segments, or the last that left

  private TrackFormat format;
  private FrameRateMeter frameRate;
  private boolean listed = true;
  private boolean hasMedia;
  private boolean independentSegments = true;
  private long discontinuitySequence;
  private long reached = -1; // the highest number that came here, also again
  private OptionalLong goesOnAt = OptionalLong.empty();
  private boolean formatReadBack;
  private @Nullable RenditionTimeline cached;

  /// @param discontinuities that other renditions have before this one's first segment
  RenditionWindow(
      RenditionId id,
      TrackFormat format,
      long partTarget,
      int targetDurationSeconds,
      long discontinuities) {
    this.id = id;
    this.format = format;
    this.timescale = format.timescale();
    this.partTarget = partTarget;
    this.targetDurationSeconds = targetDurationSeconds;
    this.discontinuitySequence = discontinuities;
    this.bitrate = new BitrateMeter(targetDurationSeconds);
    this.restoredThrough = -1;
    this.frameRate = meter(format, 0);
  }

  private RenditionWindow(RenditionTimeline published, TrackFormat format) {
    this.id = published.id();
    this.format = format;
    this.timescale = published.timescale();
    this.partTarget = published.partTarget();
    this.targetDurationSeconds = published.targetDurationSeconds();
    this.discontinuitySequence = published.discontinuitySequence();
    this.independentSegments = published.independentSegments();
    this.listed = published.listed();
    this.hasMedia = true;
    this.segments.addAll(published.segments());
    this.newest = segments.getLast();
    this.restoredThrough = newest.number();
    this.bitrate =
        BitrateMeter.restored(
            targetDurationSeconds,
            published.format().peakBitrateBps(),
            published.format().averageBitrateBps(),
            Math.max(1, timescale.toSeconds(newest.start() + newest.duration())));
    this.frameRate =
        meter(
            format,
            published.format() instanceof RenditionFormat.Video video ? video.frameRate() : 0);
    this.formatReadBack = true;
    this.cached = published;
  }

  /// The window of another process, with at least one segment, to go on with.
  ///
  /// @param format of its newest media, as its header says
  static RenditionWindow restored(RenditionTimeline published, TrackFormat format) {
    return new RenditionWindow(published, format);
  }

  RenditionId id() {
    return id;
  }

  Timescale timescale() {
    return timescale;
  }

  List<TimelineSegment> segments() {
    return segments;
  }

  /// A listed segment.
  @Nullable TimelineSegment find(long number) {
    for (int i = segments.size() - 1; i >= 0 && segments.get(i).number() >= number; i--) {
      if (segments.get(i).number() == number) {
        return segments.get(i);
      }
    }
    return null;
  }

  /// The highest number that was ever listed; empty before the first segment.
  OptionalLong lastNumber() {
    return newest == null ? OptionalLong.empty() : OptionalLong.of(newest.number());
  }

  /// The segment of [#lastNumber], which must be there.
  TimelineSegment newest() {
    if (newest == null) {
      throw new IllegalStateException("rendition %s has no segment yet".formatted(id));
    }
    return newest;
  }

  /// Whether the last segment still grows.
  boolean open() {
    return newest != null && !newest.complete();
  }

  /// The highest number that another process published; -1 when none did. What was stored up to it
  /// is elsewhere.
  long restoredThrough() {
    return restoredThrough;
  }

  /// The highest number that media came for in this process, whether or not it was published
  /// before; -1 before the first.
  long reached() {
    return reached;
  }

  /// Media came again that was published before.
  void cameAgain(SegmentStart start) {
    reached = Math.max(reached, start.number());
    if (!start.keyframe() && find(start.number()) != null) {
      decodeStarts.put(start.number(), converted(start.decode()));
    }
  }

  /// Discontinuities that have left the window.
  long discontinuitySequence() {
    return discontinuitySequence;
  }

  /// Where another process left off: the decode time at which its last frame is over, in ticks of
  /// the track; empty when that is not known, or something was added since.
  OptionalLong goesOnAt() {
    return goesOnAt;
  }

  /// Says where another process left off.
  void goesOnAt(long decode) {
    goesOnAt = OptionalLong.of(decode);
  }

  /// The newest segment with a part, unless it has left or is a gap.
  @Nullable TimelineSegment newestMedia() {
    for (int i = segments.size() - 1; i >= 0; i--) {
      if (!segments.get(i).parts().isEmpty()) {
        return segments.get(i).gap() ? null : segments.get(i);
      }
    }
    return null;
  }

  /// Whether a segment is complete that is no gap.
  boolean hasMedia() {
    return hasMedia;
  }

  /// When the last segment ends, on the stream's time line.
  Duration end() {
    return newest == null
        ? Duration.ZERO
        : timescale.toDuration(newest.start() + newest.duration());
  }

  /// Whether the multivariant playlist is to offer it.
  void listed(boolean next) {
    if (next != listed) {
      listed = next;
      cached = null;
    }
  }

  /// The format of the newest epoch with media of this rendition.
  TrackFormat format() {
    return format;
  }

  /// A new epoch has this format.
  void format(TrackFormat next) {
    if (!next.equals(format)) {
      // What is read back from a header need not be equal to what it was written from.
      boolean same = formatReadBack && next.codecString().equals(format.codecString());
      frameRate = meter(next, same ? frameRate.rate() : 0);
      format = next;
      cached = null;
    }
    formatReadBack = false;
  }

  /// @param start in ticks of the epoch's track
  void openSegment(SegmentStart start, Epoch epoch, boolean discontinuity) {
    append(
        new TimelineSegment(
            start.number(),
            epoch,
            discontinuity,
            start.wallClock(),
            converted(start.presentation()),
            List.of(),
            false,
            false));
    if (!start.keyframe()) {
      decodeStarts.put(start.number(), converted(start.decode()));
    }
  }

  /// The decode time of a listed segment's first frame, in ticks of [#timescale]; empty when a
  /// keyframe begins it, so that its presentation time is all there is to know.
  OptionalLong decodeStart(long number) {
    Long start = decodeStarts.get(number);
    return start == null ? OptionalLong.empty() : OptionalLong.of(start);
  }

  /// @param start decode time in ticks of the epoch's track
  TimelinePart addPart(long start, long duration, int samples, boolean independent, int bytes) {
    TimelinePart part = new TimelinePart(ticks(start, duration), independent, bytes);
    TimelineSegment open = newest();
    if (open.parts().isEmpty() && !independent) {
      independentSegments = false;
    }
    replace(open.withPart(part));
    frameRate.add(samples, format.timescale().toSeconds(duration));
    return part;
  }

  /// What a duration of the epoch's track is in ticks of [#timescale].
  ///
  /// @param start decode time in ticks of the epoch's track
  long ticks(long start, long duration) {
    return converted(start + duration) - converted(start);
  }

  TimelineSegment completeSegment() {
    TimelineSegment done = newest().completed();
    replace(done);
    bitrate.add(timescale.toSeconds(done.duration()), done.sizeBytes());
    hasMedia = true;
    return done;
  }

  /// Takes back the last segment, which has no part and so was never listed.
  void dropOpen() {
    TimelineSegment open = segments.removeLast();
    if (open.complete() || !open.parts().isEmpty()) {
      throw new IllegalStateException("segment %d has media".formatted(open.number()));
    }
    newest = segments.isEmpty() ? null : segments.getLast();
    cached = null;
  }

  /// A segment whose media is missing, so that numbers and discontinuities agree with the other
  /// renditions'.
  void addGap(
      long number,
      Epoch epoch,
      boolean discontinuity,
      Instant wallClock,
      long startNs,
      long durationNs) {
    long start = fromNanos(startNs);
    long duration = Math.max(1, fromNanos(startNs + durationNs) - start);
    TimelinePart part = new TimelinePart(duration, false, 0);
    append(
        new TimelineSegment(
            number, epoch, discontinuity, wallClock, start, List.of(part), true, true));
  }

  /// Drops listed segments below `number`; they stay remembered until [#expired]. The newest one
  /// stays until another follows, however far this rendition is behind the others: a playlist must
  /// not be empty.
  void removeBefore(long number) {
    while (segments.size() > 1 && segments.getFirst().number() < number) {
      removeFirst();
    }
  }

  /// Drops all segments, as [#removeBefore] does; none will be added or grow any more.
  void removeAll() {
    while (!segments.isEmpty()) {
      removeFirst();
    }
  }

  /// The number below which the store need not keep segments, as there are `storedSeconds` of media
  /// behind them; empty when nothing more expired.
  ///
  /// @param streamEnd when the stream's newest segment ends
  Optional<Long> expired(double storedSeconds, Duration streamEnd) {
    Optional<Long> below = Optional.empty();
    long end = timescale.fromDuration(streamEnd, RoundingMode.HALF_UP);
    while (!left.isEmpty() && timescale.toSeconds(end - left.getFirst().end) > storedSeconds) {
      below = Optional.of(left.removeFirst().number + 1);
    }
    return below;
  }

  /// Whether neither the playlist nor, because of it, the store has anything of it.
  boolean isForgotten() {
    return segments.isEmpty() && left.isEmpty();
  }

  /// The window as it stands; the same instance until something changes.
  ///
  /// @param version given to the timeline if it changed
  RenditionTimeline timeline(long version) {
    RenditionTimeline timeline = cached;
    if (timeline == null) {
      timeline =
          new RenditionTimeline(
              id,
              describe(),
              listed,
              version,
              timescale,
              partTarget,
              targetDurationSeconds,
              independentSegments,
              discontinuitySequence,
              segments);
      cached = timeline;
    }
    return timeline;
  }

  private RenditionFormat describe() {
    return switch (format) {
      case TrackFormat.VideoFormat video ->
          new RenditionFormat.Video(
              video.codecString(),
              bitrate.peakBps(),
              bitrate.averageBps(),
              video.width(),
              video.height(),
              frameRate.rate());
      case TrackFormat.AudioFormat audio ->
          new RenditionFormat.Audio(
              audio.codecString(),
              bitrate.peakBps(),
              bitrate.averageBps(),
              audio.sampleRate(),
              audio.channels());
    };
  }

  private void removeFirst() {
    TimelineSegment gone = segments.removeFirst();
    if (gone.discontinuity()) {
      discontinuitySequence++;
    }
    left.addLast(new Left(gone.number(), gone.start() + gone.duration()));
    decodeStarts.remove(gone.number());
    cached = null;
  }

  private void append(TimelineSegment segment) {
    segments.add(segment);
    newest = segment;
    reached = segment.number();
    goesOnAt = OptionalLong.empty();
    cached = null;
  }

  private void replace(TimelineSegment segment) {
    segments.set(segments.size() - 1, segment);
    newest = segment;
    goesOnAt = OptionalLong.empty();
    cached = null;
  }

  private long converted(long ticks) {
    return format.timescale().rescale(ticks, timescale, RoundingMode.HALF_UP);
  }

  private long fromNanos(long ns) {
    return new Timescale(1_000_000_000).rescale(ns, timescale, RoundingMode.HALF_UP);
  }

  private static FrameRateMeter meter(TrackFormat format, double rate) {
    return new FrameRateMeter(
        format instanceof TrackFormat.VideoFormat video ? video.frameRate() : 0, rate);
  }

  private record Left(long number, long end) {}
}
