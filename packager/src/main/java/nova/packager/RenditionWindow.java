package nova.packager;

import java.math.RoundingMode;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
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
/// *Confined to its stream's thread.*
final class RenditionWindow {
  private final RenditionId id;
  private final Timescale timescale;
  private final long partTarget;
  private final int targetDurationSeconds;
  private final BitrateMeter bitrate;
  private final List<TimelineSegment> segments = new ArrayList<>();
  private final Deque<Left> left = new ArrayDeque<>(); // the playlist, but not yet the store

  private TrackFormat format;
  private FrameRateMeter frameRate;
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

  /// The highest number listed; empty before the first segment.
  OptionalLong lastNumber() {
    return segments.isEmpty() ? OptionalLong.empty() : OptionalLong.of(last().number());
  }

  /// Whether the last segment still grows.
  boolean open() {
    return !segments.isEmpty() && !last().complete();
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
  void openSegment(long number, Epoch epoch, boolean discontinuity, Instant wallClock, long start) {
    segments.add(
        new TimelineSegment(
            number, epoch, discontinuity, wallClock, converted(start), List.of(), false, false));
    cached = null;
  }

  /// @param start decode time in ticks of the epoch's track
  TimelinePart addPart(long start, long duration, int samples, boolean independent, int bytes) {
    long ticks = converted(start + duration) - converted(start);
    TimelinePart part = new TimelinePart(ticks, independent, bytes);
    TimelineSegment open = last();
    if (open.parts().isEmpty() && !independent) {
      independentSegments = false;
    }
    segments.set(segments.size() - 1, open.withPart(part));
    frameRate.add(samples, format.timescale().toSeconds(duration));
    cached = null;
    return part;
  }

  TimelineSegment completeSegment() {
    TimelineSegment done = last().completed();
    segments.set(segments.size() - 1, done);
    bitrate.add(timescale.toSeconds(done.duration()), done.sizeBytes());
    cached = null;
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
    segments.add(
        new TimelineSegment(
            number, epoch, discontinuity, wallClock, start, List.of(part), true, true));
    cached = null;
  }

  /// Drops listed segments below `number`; they stay remembered until [#expired].
  void removeBefore(long number) {
    while (!segments.isEmpty() && segments.getFirst().number() < number) {
      TimelineSegment gone = segments.removeFirst();
      if (gone.discontinuity()) {
        discontinuitySequence++;
      }
      left.addLast(new Left(gone.number(), gone.start() + gone.duration()));
      cached = null;
    }
  }

  /// The number below which the store need not keep segments, as there are `storedSeconds` of media
  /// behind them; empty when nothing more expired.
  Optional<Long> expired(double storedSeconds) {
    Optional<Long> below = Optional.empty();
    long newest = segments.isEmpty() ? 0 : last().start() + last().duration();
    while (!left.isEmpty() && timescale.toSeconds(newest - left.getFirst().end) > storedSeconds) {
      below = Optional.of(left.removeFirst().number + 1);
    }
    return below;
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
              true,
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

  private TimelineSegment last() {
    return segments.getLast();
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
