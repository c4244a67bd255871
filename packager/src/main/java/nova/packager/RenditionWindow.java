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
    this.frameRate = meter(format);
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
      format = next;
      frameRate = meter(next);
      cached = null;
    }
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
    long ticks = converted(start + duration) - converted(start);
    TimelinePart part = new TimelinePart(ticks, independent, bytes);
    TimelineSegment open = newest();
    if (open.parts().isEmpty() && !independent) {
      independentSegments = false;
    }
    replace(open.withPart(part));
    frameRate.add(samples, format.timescale().toSeconds(duration));
    return part;
  }

  TimelineSegment completeSegment() {
    TimelineSegment done = newest().completed();
    replace(done);
    bitrate.add(timescale.toSeconds(done.duration()), done.sizeBytes());
    hasMedia = true;
    return done;
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

  /// Drops listed segments below `number`; they stay remembered until [#expired]. One that still
  /// grows stays until it is complete, however far this rendition is behind the others.
  void removeBefore(long number) {
    while (!segments.isEmpty()
        && segments.getFirst().number() < number
        && segments.getFirst().complete()) {
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
    cached = null;
  }

  private void replace(TimelineSegment segment) {
    segments.set(segments.size() - 1, segment);
    newest = segment;
    cached = null;
  }

  private long converted(long ticks) {
    return format.timescale().rescale(ticks, timescale, RoundingMode.HALF_UP);
  }

  private long fromNanos(long ns) {
    return new Timescale(1_000_000_000).rescale(ns, timescale, RoundingMode.HALF_UP);
  }

  private static FrameRateMeter meter(TrackFormat format) {
    return new FrameRateMeter(
        format instanceof TrackFormat.VideoFormat video ? video.frameRate() : 0);
  }

  private record Left(long number, long end) {}
}
