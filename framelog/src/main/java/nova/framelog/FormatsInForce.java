package nova.framelog;

import java.util.ArrayList;
import java.util.List;
import nova.core.TrackId;
import nova.framelog.LogEntry.EpochEnded;
import nova.framelog.LogEntry.EpochStarted;
import nova.framelog.LogEntry.LoggedFrame;
import nova.framelog.LogEntry.StreamClosed;
import nova.framelog.LogEntry.TrackFormatChanged;
import org.jspecify.annotations.Nullable;

/// The epoch and formats that hold at a place in a log: what a reader who starts there must know.
///
/// *Confined to the holder of its log's lock.*
final class FormatsInForce {
  private final List<LogEntry> entries = new ArrayList<>(4);
  private @Nullable TrackId leader;

  void add(LogEntry entry) {
    switch (entry) {
      case EpochStarted _ -> {
        entries.clear();
        entries.add(entry);
        leader = null;
      }
      case TrackFormatChanged(TrackId track, _) -> {
        entries.add(entry);
        leader = leader == null ? track : SegmentBoundaryPolicy.leader(List.of(leader, track));
      }
      case EpochEnded _, StreamClosed _ -> {
        entries.clear();
        leader = null;
      }
      case LoggedFrame _ -> {}
    }
  }

  void become(FormatsInForce other) {
    entries.clear();
    entries.addAll(other.entries);
    leader = other.leader;
  }

  boolean canStartAt(LogEntry entry) {
    return entry instanceof LoggedFrame logged
        && logged.frame().keyframe()
        && logged.frame().track().equals(leader);
  }

  List<LogEntry> entries() {
    return entries;
  }
}
