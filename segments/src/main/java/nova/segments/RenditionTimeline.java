package nova.segments;

import java.util.List;
import java.util.Optional;
import nova.core.RenditionId;
import nova.core.Timescale;

/// The sliding window of one rendition.
///
/// *Immutable.*
///
/// @param listed whether the multivariant playlist offers it; another of its kind is offered only
///   while no listed one can be played
/// @param version rises by at least one when anything of this rendition changes
/// @param timescale unit of all durations here
/// @param partTarget EXT-X-PART-INF PART-TARGET in ticks of `timescale`; no part claims to be
///   longer
/// @param targetDurationSeconds EXT-X-TARGETDURATION; never changes
/// @param independentSegments whether every segment so far began with a keyframe
/// @param discontinuitySequence discontinuities that have left the window, before its first segment
/// @param segments by rising number; all complete but possibly the last, which may also have no
///   part yet
public record RenditionTimeline(
    RenditionId id,
    RenditionFormat format,
    boolean listed,
    long version,
    Timescale timescale,
    long partTarget,
    int targetDurationSeconds,
    boolean independentSegments,
    long discontinuitySequence,
    List<TimelineSegment> segments) {
  public RenditionTimeline {
    segments = List.copyOf(segments);
  }

  /// This rendition with other segments.
  public RenditionTimeline withSegments(List<TimelineSegment> others) {
    return new RenditionTimeline(
        id,
        format,
        listed,
        version,
        timescale,
        partTarget,
        targetDurationSeconds,
        independentSegments,
        discontinuitySequence,
        others);
  }

  /// Whether a listed segment is complete and no gap.
  public boolean hasMedia() {
    return segments.stream().anyMatch(segment -> segment.complete() && !segment.gap());
  }

  /// The newest complete segment.
  public Optional<TimelineSegment> lastCompleteSegment() {
    for (int i = segments.size() - 1; i >= 0; i--) {
      if (segments.get(i).complete()) {
        return Optional.of(segments.get(i));
      }
    }
    return Optional.empty();
  }
}
