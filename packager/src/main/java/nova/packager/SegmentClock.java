package nova.packager;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import nova.segments.TimelineSegment;

/// When the segments of an epoch begin, as its tracks showed: what the gaps of a rendition without
/// media for a number are measured by.
///
/// *Confined to the holder of its stream's lock.*
final class SegmentClock {
  private static final long LONGEST_NS = Duration.ofSeconds(4).toNanos();
  private static final int NUMBERS_KEPT = 256;

  private final TreeMap<Long, Start> starts = new TreeMap<>();
  private final TreeMap<Long, Long> endsNs = new TreeMap<>();

  /// When a segment begins, on the stream's time line and by the clock.
  record Start(long ns, Instant wallClock) {}

  /// A track's segment began; the first track to begin a number counts.
  void began(long number, long startNs, Instant wallClock) {
    starts.putIfAbsent(number, new Start(startNs, wallClock));
    if (starts.size() > NUMBERS_KEPT) {
      starts.pollFirstEntry();
    }
  }

  /// A track's segment ended; the longest track counts.
  void ended(long number, long endNs) {
    endsNs.merge(number, endNs, Math::max);
    if (endsNs.size() > NUMBERS_KEPT) {
      endsNs.pollFirstEntry();
    }
  }

  /// The highest number that began, or `otherwise`.
  long highest(long otherwise) {
    return starts.isEmpty() ? otherwise : starts.lastKey();
  }

  /// Whether any segment began.
  boolean hasBegun() {
    return !starts.isEmpty();
  }

  /// When the earliest known segment began, on the stream's time line.
  Duration beginning() {
    return Duration.ofNanos(starts.firstEntry().getValue().ns);
  }

  /// The number of the segment that a time of the stream belongs to, as far as is known.
  long numberAt(Duration time) {
    long ns = time.toNanos();
    for (Map.Entry<Long, Start> entry : starts.descendingMap().entrySet()) {
      if (entry.getValue().ns <= ns) {
        return entry.getKey();
      }
    }
    return starts.firstKey();
  }

  /// Whether the segment is known to be over by at least `patienceNs` when another began at
  /// `nowNs`.
  boolean overdue(long number, long nowNs, long patienceNs) {
    Start next = starts.get(number + 1);
    return next != null && nowNs - next.ns >= patienceNs;
  }

  /// When a number began; when no track showed it, right after `before` ended.
  Start start(long number, TimelineSegment before, long beforeEndNs, long beforeDurationNs) {
    Start start = starts.get(number);
    return start != null
        ? start
        : new Start(beforeEndNs, before.programDateTime().plusNanos(beforeDurationNs));
  }

  /// How long a number that began at `startNs` lasts, as far as is known.
  long durationNs(long number, long startNs) {
    long durationNs = LONGEST_NS;
    Map.Entry<Long, Start> later = starts.higherEntry(number);
    Long end = endsNs.get(number);
    if (later != null) {
      durationNs = (later.getValue().ns - startNs) / (later.getKey() - number);
    } else if (end != null) {
      durationNs = end - startNs;
    }
    return Math.clamp(durationNs, 1, LONGEST_NS);
  }
}
