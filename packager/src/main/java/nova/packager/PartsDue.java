package nova.packager;

import java.util.Map;
import java.util.function.Predicate;
import nova.core.TrackId;
import nova.framelog.LogEntry;
import nova.framelog.LogEntry.LoggedFrame;

/// Which log entries can make the packager publish something: everything but the frames in the
/// middle of a part, which are nine of ten. The thread sleeps through those.
///
/// *Immutable.*
///
/// @param dueDts by track, the decode time from which on a frame may complete a part
record PartsDue(Map<TrackId, Long> dueDts) implements Predicate<LogEntry> {
  /// Before the first epoch.
  static final PartsDue ANY = new PartsDue(Map.of());

  PartsDue {
    dueDts = Map.copyOf(dueDts);
  }

  @Override
  public boolean test(LogEntry entry) {
    if (!(entry instanceof LoggedFrame logged) || logged.cut()) {
      return true;
    }
    return logged.frame().dts() >= dueDts.getOrDefault(logged.frame().track(), Long.MIN_VALUE);
  }
}
