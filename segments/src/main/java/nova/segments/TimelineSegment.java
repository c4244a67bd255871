package nova.segments;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import nova.core.Epoch;

/// One media segment in a rendition's window.
///
/// *Immutable.*
///
/// @param discontinuity whether EXT-X-DISCONTINUITY stands before it: it is the first of its epoch
///   and not the first of the stream
/// @param programDateTime UTC instant of its first sample
/// @param start presentation time of its first sample in ticks, on the stream's time line
/// @param parts in order; their durations add up to the segment's
/// @param complete whether no part will be added
/// @param gap whether its media is missing (EXT-X-GAP); it then has one part that tells its
///   duration
public record TimelineSegment(
    long number,
    Epoch epoch,
    boolean discontinuity,
    Instant programDateTime,
    long start,
    List<TimelinePart> parts,
    boolean complete,
    boolean gap) {
  public TimelineSegment {
    parts = List.copyOf(parts);
  }

  /// This segment with one more part.
  public TimelineSegment withPart(TimelinePart part) {
    if (complete) {
      throw new IllegalStateException("segment %d is complete".formatted(number));
    }
    List<TimelinePart> longer = new ArrayList<>(parts.size() + 1);
    longer.addAll(parts);
    longer.add(part);
    return with(longer, false);
  }

  /// This segment when no part will be added any more.
  public TimelineSegment completed() {
    return with(parts, true);
  }

  /// This segment without its media, which cannot be had.
  public TimelineSegment asGap() {
    TimelinePart all = new TimelinePart(duration(), false, 0);
    return new TimelineSegment(
        number, epoch, discontinuity, programDateTime, start, List.of(all), complete, true);
  }

  private TimelineSegment with(List<TimelinePart> nextParts, boolean nextComplete) {
    return new TimelineSegment(
        number, epoch, discontinuity, programDateTime, start, nextParts, nextComplete, gap);
  }

  /// Duration of the parts so far, in ticks.
  public long duration() {
    long sum = 0;
    for (TimelinePart part : parts) {
      sum += part.duration();
    }
    return sum;
  }

  /// Bytes of the parts so far.
  public long sizeBytes() {
    long sum = 0;
    for (TimelinePart part : parts) {
      sum += part.sizeBytes();
    }
    return sum;
  }
}
