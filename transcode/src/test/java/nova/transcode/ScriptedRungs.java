package nova.transcode;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import nova.core.RenditionId;
import nova.core.TrackKind;
import nova.framelog.LogEntry;
import nova.framelog.LogEntry.EpochStarted;
import nova.framelog.LogEntry.LoggedFrame;
import nova.framelog.LogEntry.StreamClosed;
import nova.framelog.LogEntry.TrackFormatChanged;
import nova.framelog.pipe.AudioJob;
import nova.framelog.pipe.Effort;
import nova.framelog.pipe.RungJob;
import nova.framelog.pipe.TranscodeJob;
import nova.framelog.pipe.WorkerMessage.RungEntry;
import nova.framelog.pipe.WorkerMessageWriter;

/// The rungs of a scripted worker, made of the source's frames as they are.
///
/// *Confined to its creator's thread.*
final class ScriptedRungs {
  private final TranscodeJob job;
  private final WorkerMessageWriter out;
  private final Set<RenditionId> leftOut = new HashSet<>();
  private final List<LogEntry> preface = new ArrayList<>();
  private Effort wanted;

  ScriptedRungs(TranscodeJob job, WorkerMessageWriter out) {
    this.job = job;
    this.out = out;
    this.wanted = Effort.whole(job.preset());
  }

  void adapt(Effort effort) {
    wanted = effort;
  }

  void pass(LogEntry entry) throws IOException {
    if (entry instanceof EpochStarted) {
      preface.clear();
    }
    if (entry instanceof EpochStarted
        || (entry instanceof TrackFormatChanged && isOf(entry, TrackKind.VIDEO))) {
      preface.add(entry);
    }
    AudioJob audio = job.audio();
    if (audio != null && !isOf(entry, TrackKind.VIDEO) && isAfter(entry, audio.lastDts())) {
      out.send(new RungEntry(audio.rung().rendition(), entry));
    }
    if (isOf(entry, TrackKind.AUDIO)) {
      return;
    }
    for (RungJob rung : job.rungs()) {
      RenditionId rendition = rung.rung().rendition();
      if (entry instanceof LoggedFrame frame && frame.cut()) {
        takeUp(rendition);
      }
      if (isAfter(entry, rung.lastDts()) && !leftOut.contains(rendition)) {
        out.send(new RungEntry(rendition, entry));
      }
    }
  }

  private static boolean isOf(LogEntry entry, TrackKind kind) {
    return switch (entry) {
      case LoggedFrame frame -> frame.frame().track().kind() == kind;
      case TrackFormatChanged changed -> changed.track().kind() == kind;
      default -> false;
    };
  }

  private static boolean isAfter(LogEntry entry, long dts) {
    return !(entry instanceof LoggedFrame frame) || frame.frame().dts() > dts;
  }

  private void takeUp(RenditionId rendition) throws IOException {
    boolean leaves = wanted.leftOut().contains(rendition);
    if (leaves && leftOut.add(rendition)) {
      out.send(new RungEntry(rendition, new StreamClosed(true, "the rung is left out")));
    } else if (!leaves && leftOut.remove(rendition)) {
      for (LogEntry entry : preface) {
        out.send(new RungEntry(rendition, entry));
      }
    }
  }
}
