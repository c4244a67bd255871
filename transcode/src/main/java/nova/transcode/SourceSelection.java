package nova.transcode;

import java.util.ArrayList;
import java.util.List;
import nova.core.Epoch;
import nova.framelog.LogEntry;
import nova.framelog.LogEntry.EpochEnded;
import nova.framelog.LogEntry.EpochStarted;
import nova.framelog.LogEntry.LoggedFrame;
import nova.framelog.LogEntry.StreamClosed;
import nova.framelog.LogEntry.TrackFormatChanged;
import nova.framelog.pipe.RungJob;
import nova.media.TrackFormat.VideoFormat;
import org.jspecify.annotations.Nullable;

/// Selects of the source's log what a worker needs: its track, from the first epoch of the task on,
/// and of what the rungs have already only the group of pictures in which they go on. Where the
/// source changes its format, the worker's input ends.
///
/// *Confined to its feeder's thread.*
final class SourceSelection {
  private final TranscodeTask task;
  private final long lastDts;
  private final List<LogEntry> preface = new ArrayList<>(2);
  private final List<LogEntry> group = new ArrayList<>();
  private @Nullable EpochStarted announced;
  private volatile @Nullable Epoch changedAt;
  private boolean open;
  private boolean reached;

  /// @param lastDts all rungs have the frames up to this one; [RungJob#NOTHING] at the beginning
  SourceSelection(TranscodeTask task, long lastDts) {
    this.task = task;
    this.lastDts = lastDts;
    this.reached = lastDts == RungJob.NOTHING;
  }

  /// The epoch in which the source has another format, or null. Any thread may ask.
  @Nullable Epoch changedAt() {
    return changedAt;
  }

  /// Takes the next entry of the log.
  ///
  /// @return what the worker is to be given now; nothing follows a [StreamClosed]
  List<LogEntry> select(LogEntry entry) {
    return switch (entry) {
      case EpochStarted started -> {
        boolean ours = started.epoch().compareTo(task.firstEpoch()) >= 0;
        announced = ours ? started : null;
        open = false;
        yield List.of();
      }
      case TrackFormatChanged changed -> format(changed);
      case LoggedFrame frame -> open && ofTrack(frame) ? frame(frame) : List.of();
      case EpochEnded ended -> end(ended);
      case StreamClosed closed -> List.of(closed);
    };
  }

  private List<LogEntry> format(TrackFormatChanged changed) {
    EpochStarted started = announced;
    if (started == null || !changed.track().equals(task.track())) {
      return List.of();
    }
    if (!(changed.format() instanceof VideoFormat video) || !task.fits(video)) {
      changedAt = started.epoch();
      return List.of(new StreamClosed(true, "the source goes on in another format"));
    }
    open = true;
    if (reached) {
      return List.of(started, changed);
    }
    preface.clear();
    group.clear();
    preface.add(started);
    preface.add(changed);
    return List.of();
  }

  private boolean ofTrack(LoggedFrame logged) {
    return logged.frame().track().equals(task.track());
  }

  private List<LogEntry> frame(LoggedFrame logged) {
    if (reached) {
      return List.of(logged);
    }
    if (logged.frame().keyframe()) {
      group.clear();
    }
    group.add(logged);
    if (logged.frame().dts() <= lastDts) {
      return List.of();
    }
    reached = true;
    List<LogEntry> needed = new ArrayList<>(preface);
    needed.addAll(group);
    preface.clear();
    group.clear();
    return needed;
  }

  private List<LogEntry> end(EpochEnded ended) {
    if (!open) {
      return List.of();
    }
    open = false;
    if (reached) {
      return List.of(ended);
    }
    List<LogEntry> needed = new ArrayList<>(preface);
    needed.add(ended); // the last worker may have died before it ended the epoch in the rungs
    preface.clear();
    group.clear();
    return needed;
  }
}
