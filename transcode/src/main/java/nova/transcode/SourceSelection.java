package nova.transcode;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import nova.core.Timescale;
import nova.core.TrackId;
import nova.framelog.LogEntry;
import nova.framelog.LogEntry.EpochEnded;
import nova.framelog.LogEntry.EpochStarted;
import nova.framelog.LogEntry.LoggedFrame;
import nova.framelog.LogEntry.StreamClosed;
import nova.framelog.LogEntry.TrackFormatChanged;
import nova.framelog.pipe.AudioRung;
import nova.framelog.pipe.RungJob;
import org.jspecify.annotations.Nullable;

/// Selects of the source's log what a worker needs: its tracks, from the first epoch of the task
/// on, and of what the rungs have already only the group of pictures in which they go on, and a
/// little sound. Where the source changes its format, the worker's input ends.
///
/// *Confined to its feeder's thread.*
final class SourceSelection {
  /// Sound that is sent again: what a decoder and an encoder need before the frame that is missing.
  private static final Duration AUDIO_BEFORE = Duration.ofMillis(200);

  private final TranscodeTask task;
  private final long lastDts;
  private final long audioFrom;
  private final List<LogEntry> preface = new ArrayList<>();
  private final List<LogEntry> group = new ArrayList<>();
  private final Map<TrackId, Timescale> open = new HashMap<>();
  private @Nullable EpochStarted announced;
  private volatile boolean sourceChanged;
  private boolean prefaced; // the epoch, in what was selected
  private boolean reached;

  /// @param lastDts all rungs have the frames up to this one; [RungJob#NOTHING] at the beginning
  /// @param audioLastDts the encoded sound has the frames up to this one, likewise
  SourceSelection(TranscodeTask task, long lastDts, long audioLastDts) {
    this.task = task;
    this.lastDts = lastDts;
    this.reached = lastDts == RungJob.NOTHING;
    AudioRung audio = task.audio();
    this.audioFrom =
        audio == null || audioLastDts == RungJob.NOTHING
            ? Long.MIN_VALUE
            : new Timescale(audio.sampleRate())
                .toDuration(audioLastDts)
                .minus(AUDIO_BEFORE)
                .toNanos();
  }

  /// Whether the source goes on in another format. Any thread may ask.
  boolean sourceChanged() {
    return sourceChanged;
  }

  /// Takes the next entry of the log.
  ///
  /// @return what the worker is to be given now; nothing follows a [StreamClosed]
  List<LogEntry> select(LogEntry entry) {
    return switch (entry) {
      case EpochStarted started -> {
        boolean ours = started.epoch().compareTo(task.firstEpoch()) >= 0;
        announced = ours ? started : null;
        open.clear();
        preface.clear();
        group.clear();
        preface.add(started);
        prefaced = false;
        yield List.of();
      }
      case TrackFormatChanged changed -> format(changed);
      case LoggedFrame frame -> frame(frame);
      case EpochEnded ended -> end(ended);
      case StreamClosed closed -> List.of(closed);
    };
  }

  private List<LogEntry> format(TrackFormatChanged changed) {
    EpochStarted started = announced;
    boolean video = changed.track().equals(task.track());
    if (started == null || !(video || changed.track().equals(TrackId.AUDIO))) {
      return List.of();
    }
    if (!task.fits(changed.format())) {
      sourceChanged = true;
      return List.of(new StreamClosed(true, "the source goes on in another format"));
    }
    if (video || task.audio() != null) {
      open.put(changed.track(), changed.format().timescale());
      preface.add(changed);
    }
    return List.of();
  }

  private List<LogEntry> frame(LoggedFrame logged) {
    Timescale timescale = open.get(logged.frame().track());
    if (timescale == null) {
      return List.of();
    }
    return logged.frame().track().equals(task.track()) ? picture(logged) : sound(logged, timescale);
  }

  private List<LogEntry> sound(LoggedFrame logged, Timescale timescale) {
    boolean needed = timescale.toDuration(logged.frame().dts()).toNanos() >= audioFrom;
    return needed ? prefaced(List.of(logged)) : List.of();
  }

  private List<LogEntry> picture(LoggedFrame logged) {
    if (reached) {
      return prefaced(List.of(logged));
    }
    if (logged.frame().keyframe()) {
      group.clear();
    }
    group.add(logged);
    if (logged.frame().dts() <= lastDts) {
      return List.of();
    }
    reached = true;
    List<LogEntry> needed = prefaced(group);
    group.clear();
    return needed;
  }

  private List<LogEntry> end(EpochEnded ended) {
    if (open.isEmpty()) {
      return List.of();
    }
    open.clear();
    return prefaced(List.of(ended)); // the last worker may not have ended the epoch in the rungs
  }

  /// Entries of an epoch, behind its start where they are the first.
  private List<LogEntry> prefaced(List<? extends LogEntry> entries) {
    List<LogEntry> whole = new ArrayList<>();
    if (!prefaced) {
      prefaced = true;
      whole.addAll(preface);
    }
    whole.addAll(entries);
    return whole;
  }
}
