package nova.transcode;

import nova.framelog.FrameLogWriter;
import nova.framelog.LogEntry;
import nova.framelog.LogEntry.EpochEnd;
import nova.framelog.LogEntry.EpochEnded;
import nova.framelog.LogEntry.EpochStarted;
import nova.framelog.LogEntry.LoggedFrame;
import nova.framelog.LogEntry.StreamClosed;
import nova.framelog.LogEntry.TrackFormatChanged;
import nova.framelog.RungRun;
import nova.framelog.pipe.RungJob;
import nova.media.MalformedMediaException;
import nova.media.TrackFormat;
import org.jspecify.annotations.Nullable;

/// The log of one rung, across the workers that write it one after the other. What was written
/// stays: a worker that begins again in the same epoch must go on under the same header and after
/// the last frame.
///
/// *Confined to one thread at a time*, but for [#isClosed] and [#hasBegun].
final class RungOutput {
  private final RungRun run;
  private final FrameLogWriter log;
  private @Nullable EpochStarted announced;
  private @Nullable EpochStarted open;
  private @Nullable TrackFormat format;
  private long lastDts = RungJob.NOTHING;
  private long lastSegment;
  private volatile boolean begun;
  private volatile boolean closed;

  RungOutput(RungRun run, FrameLogWriter log) {
    this.run = run;
    this.log = log;
  }

  /// A rung that another process wrote before: its log begins behind what was published of that.
  static RungOutput after(RungRun run, FrameLogWriter log, long lastDts, long lastSegment) {
    RungOutput output = new RungOutput(run, log);
    output.lastDts = lastDts;
    output.lastSegment = lastSegment;
    return output;
  }

  RungRun run() {
    return run;
  }

  /// The decode time after which the next worker is to go on; [RungJob#NOTHING] at the beginning,
  /// and for one that is over.
  long lastDts() {
    return closed ? RungJob.NOTHING : lastDts;
  }

  /// The segment of the frame at that time; without meaning where there is none.
  long lastSegment() {
    return closed ? 0 : lastSegment;
  }

  /// Whether anything was written.
  boolean hasBegun() {
    return begun;
  }

  /// Whether the rung is over.
  boolean isClosed() {
    return closed;
  }

  /// Takes the next entry of a worker.
  ///
  /// @throws MalformedMediaException when it does not continue what was written
  void accept(LogEntry entry) {
    if (closed) {
      return; // the rung left before its stream
    }
    switch (entry) {
      case EpochStarted started -> announced = started;
      case TrackFormatChanged changed -> begin(changed);
      case LoggedFrame frame -> append(frame);
      case EpochEnded ended -> end(ended);
      case StreamClosed over -> close(over);
    }
  }

  /// Ends the rung before its stream.
  void giveUp(String sentence) {
    if (!closed) {
      close(new StreamClosed(false, sentence));
    }
  }

  private void begin(TrackFormatChanged changed) {
    EpochStarted next = announced;
    if (next == null) {
      throw broken("a format outside of an epoch (expected: the epoch's start first)");
    }
    EpochStarted before = open;
    if (before != null && before.epoch().equals(next.epoch())) {
      if (!changed.format().equals(format)) {
        throw broken(
            "another header in epoch %s (expected: the one that players have)"
                .formatted(next.epoch()));
      }
      return;
    }
    if (before != null) {
      log.append(new EpochEnded(before.epoch(), EpochEnd.FORMAT_CHANGED));
    }
    begun = true;
    log.append(next);
    log.append(changed);
    open = next;
    format = changed.format();
  }

  private void append(LoggedFrame frame) {
    if (open == null) {
      throw broken("a frame outside of an epoch (expected: the epoch's start first)");
    }
    long dts = frame.frame().dts();
    if (dts <= lastDts || (lastDts != RungJob.NOTHING && frame.segment() < lastSegment)) {
      throw broken(
          "a frame at %d of segment %d (expected: after %d of segment %d)"
              .formatted(dts, frame.segment(), lastDts, lastSegment));
    }
    log.append(frame);
    lastDts = dts;
    lastSegment = frame.segment();
  }

  private void end(EpochEnded ended) {
    if (open != null && open.epoch().equals(ended.epoch())) {
      log.append(ended);
      open = null;
    }
  }

  private void close(StreamClosed over) {
    EpochStarted epoch = open;
    if (epoch != null) {
      open = null;
      log.append(
          new EpochEnded(
              epoch.epoch(), over.graceful() ? EpochEnd.FINISHED : EpochEnd.CONNECTION_LOST));
    }
    closed = true;
    log.append(over);
  }

  private MalformedMediaException broken(String what) {
    return new MalformedMediaException(
        "rung-out-of-order", "rung %s got %s".formatted(run.rendition(), what));
  }
}
