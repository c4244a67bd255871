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
/// For adapters of [FrameLog].
///
/// *Confined to the holder of its log's lock.*
public final class FormatsInForce {
  private final List<LogEntry> entries = new ArrayList<>(4);
  private @Nullable TrackId leader;

  /// Takes note of the next entry.
  public void add(LogEntry entry) {
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

  /// Whether a reader can begin at the next entry: a keyframe of the track that decides the cuts.
  public boolean canStartAt(LogEntry entry) {
    return entry instanceof LoggedFrame logged
        && logged.frame().keyframe()
        && logged.frame().track().equals(leader);
  }

  /// What a reader must know here; empty outside of an epoch.
  public List<LogEntry> entries() {
    return List.copyOf(entries);
  }
}
