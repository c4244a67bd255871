package nova.delivery;

import java.util.List;
import nova.core.Epoch;
import nova.segments.RenditionTimeline;
import nova.segments.TimelineSegment;
import nova.segments.TimelineSnapshot;
import nova.segments.TimelineSnapshot.TimelineState;
import org.jspecify.annotations.Nullable;

/// Where a rendition's playlist ends and how it will go on.
///
/// *Immutable.*
///
/// @param lastMsn number of the last listed segment, which may still be open; -1 when none is
/// @param lastPart its last part; -1 when it has none
/// @param lastCompleteMsn number of the last complete segment; -1 when none is
public record LiveEdge(long lastMsn, int lastPart, long lastCompleteMsn) {
  /// The one part that may be asked for before it exists.
  public record Hint(Epoch epoch, long msn, int part) {}

  /// The end of a rendition's playlist. A segment without a part is not listed yet.
  public static LiveEdge of(RenditionTimeline rendition) {
    List<TimelineSegment> segments = rendition.segments();
    long lastMsn = -1;
    int lastPart = -1;
    long lastComplete = -1;
    for (int i = segments.size() - 1; i >= 0 && lastComplete < 0; i--) {
      TimelineSegment segment = segments.get(i);
      if (lastMsn < 0 && isListed(segment)) {
        lastMsn = segment.number();
        lastPart = segment.parts().size() - 1;
      }
      if (segment.complete()) {
        lastComplete = segment.number();
      }
    }
    return new LiveEdge(lastMsn, lastPart, lastComplete);
  }

  /// Whether a playlist shows anything of a segment.
  public static boolean isListed(TimelineSegment segment) {
    return segment.complete() || !segment.parts().isEmpty();
  }

  /// The part that comes next if nothing unforeseen happens: the next of the open segment, or the
  /// first of the segment after a complete one. Null while none can be foretold: nothing was
  /// published yet, the broadcaster is away (a return begins a new epoch), or the stream is over.
  public static @Nullable Hint hint(TimelineSnapshot snapshot, RenditionTimeline rendition) {
    if (snapshot.state() != TimelineState.LIVE || rendition.segments().isEmpty()) {
      return null;
    }
    TimelineSegment last = rendition.segments().getLast();
    return last.complete()
        ? new Hint(last.epoch(), last.number() + 1, 0)
        : new Hint(last.epoch(), last.number(), last.parts().size());
  }
}
