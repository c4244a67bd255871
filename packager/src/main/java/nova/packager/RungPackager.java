package nova.packager;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import nova.core.Epoch;
import nova.core.RenditionId;
import nova.core.TrackId;
import nova.framelog.FrameLogReader;
import nova.framelog.LogEntry;
import nova.framelog.LogEntry.EpochEnded;
import nova.framelog.LogEntry.EpochStarted;
import nova.framelog.LogEntry.LoggedFrame;
import nova.framelog.LogEntry.StreamClosed;
import nova.framelog.LogEntry.TrackFormatChanged;
import nova.framelog.RungRun;
import nova.media.TrackFormat;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Packages one run of a rung, from its log's first entry to its last. A rung is behind the source
/// by what encoding takes, also in its epochs: it finishes one long after the source began the
/// next.
///
/// A fault ends the rung alone: its log is still read to the end, because an encoder that cannot
/// write is a failure of all rungs.
///
/// *Confined to its own thread, but for what the stream's lock guards.*
final class RungPackager implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(RungPackager.class);
  private static final Duration READ_TIMEOUT = Duration.ofSeconds(5);

  private final RungRun run;
  private final StreamOutput output;
  private final StreamRungs rungs;
  private final ReentrantLock lock;
  private final FrameLogReader reader;
  private @Nullable Epoch epoch;
  private @Nullable RungTrack track; // guarded by `lock`
  private RenditionId source = TimelineBuilder.SOURCE; // that it is made of
  private PartsDue due = PartsDue.ANY;
  private boolean closed;
  private boolean failed; // guarded by `lock`
  private long skippedEntries;

  RungPackager(
      RungRun run,
      StreamOutput output,
      StreamRungs rungs,
      ReentrantLock lock,
      FrameLogReader reader) {
    this.run = run;
    this.output = output;
    this.rungs = rungs;
    this.lock = lock;
    this.reader = reader;
  }

  @Override
  public void run() {
    try (reader) {
      follow();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // the stream is over
    } catch (RuntimeException | Error e) {
      endWith(e);
    } finally {
      output.ports().rungs().remove(run);
      rungs.over(run);
    }
  }

  private void follow() throws InterruptedException {
    lock.lock();
    try {
      rungs.awaitEarlierRuns(run);
    } finally {
      lock.unlock();
    }
    while (!closed && !rungs.hasStopped()) {
      List<LogEntry> entries = reader.read(READ_TIMEOUT, due);
      lock.lock();
      try {
        takeOrGiveUp(entries);
        due = due();
      } finally {
        lock.unlock();
      }
      closed |= entries.isEmpty() && reader.ended();
    }
  }

  private void endWith(Throwable failure) {
    lock.lock();
    try {
      if (!rungs.hasStopped()) {
        giveUp(failure);
        output.publication().publish();
      }
    } finally {
      lock.unlock();
    }
  }

  private void takeOrGiveUp(List<LogEntry> entries) throws InterruptedException {
    try {
      take(entries);
    } catch (RuntimeException | Error e) {
      if (rungs.hasStopped()) {
        throw new InterruptedException(e.toString());
      }
      giveUp(e);
      closed |= !entries.isEmpty() && entries.getLast() instanceof StreamClosed; // the end
      output.publication().publish();
    }
  }

  private void take(List<LogEntry> entries) throws InterruptedException {
    for (LogEntry entry : entries) {
      if (entry instanceof LoggedFrame frame && !rungs.isDecided(source, frame.segment())) {
        output.publication().publish();
        if (!rungs.awaitSource(source, frame.segment())) {
          return;
        }
      }
      apply(entry);
    }
    countDropped();
    output.publication().publish();
    rungs.rungAdvanced();
  }

  private PartsDue due() {
    TrackId of = source.equals(TimelineBuilder.AUDIO) ? TrackId.AUDIO : TrackId.VIDEO;
    return track == null ? PartsDue.ANY : new PartsDue(Map.of(of, track.dueDts()));
  }

  private void apply(LogEntry entry) {
    if (rungs.hasStopped() || (failed && !(entry instanceof StreamClosed))) {
      return;
    }
    switch (entry) {
      case EpochStarted started -> epoch = started.epoch();
      case TrackFormatChanged(_, TrackFormat format) -> begin(format);
      case LoggedFrame frame -> {
        if (track != null) {
          output.publication().arrivedAt(frame.arrivedAt());
          if (!track.add(frame)) {
            leave();
          }
        }
      }
      case EpochEnded _ -> finishTrack();
      case StreamClosed over -> {
        closed = true;
        finishTrack();
        output.gaps().expectNothing(run.rendition());
        log.atInfo()
            .addKeyValue("stream", run.stream())
            .addKeyValue("rendition", run.rendition())
            .addKeyValue("run", run.run())
            .addKeyValue("reason", over.reason())
            .log("rung is over");
      }
    }
  }

  private void begin(TrackFormat format) {
    if (epoch == null || (track != null && track.epoch().equals(epoch))) {
      return; // repeated by the log for a reader that fell behind
    }
    finishTrack();
    source = TimelineBuilder.sourceOf(format);
    track = new RungTrack(output, run.rendition(), epoch, format);
    output.gaps().expect(run.rendition(), this::finishOverdue);
  }

  /// The source does not wait for the rung any more; its thread does this, and must not end of what
  /// the rung sent.
  private void finishOverdue() {
    try {
      finishTrack();
    } catch (RuntimeException | Error e) {
      giveUp(e);
    }
  }

  private void finishTrack() {
    if (track != null) {
      track.finish();
      countDropped(track);
    }
  }

  private void countDropped(RungTrack of) {
    count("too-late", of.takeLateFrames());
    count("misaligned", of.takeMisalignedFrames());
  }

  private void countDropped() {
    if (track != null) {
      countDropped(track);
    }
    long skipped = reader.skippedEntries();
    count("log-overrun", skipped - skippedEntries);
    skippedEntries = skipped;
  }

  private void count(String reason, long frames) {
    if (frames > 0) {
      output.ports().metrics().framesDropped(reason, frames);
    }
  }

  /// Players have another header in this epoch, from an encoder that described the same pictures
  /// otherwise. They cannot be given two, so they change to another rendition until the next epoch.
  private void leave() {
    track = null;
    RenditionId rendition = run.rendition();
    RenditionWindow window = output.timeline().find(rendition);
    if (window != null) {
      output.gaps().close(window);
    }
    rungs.remove(rendition);
    output.ports().metrics().rungFailed(rendition);
    log.atWarn()
        .addKeyValue("stream", run.stream())
        .addKeyValue("rendition", rendition)
        .addKeyValue("epoch", epoch)
        .log("a rung needs another header than players have; it leaves the playlists");
  }

  private void giveUp(Throwable failure) {
    failed = true;
    track = null;
    RenditionId rendition = run.rendition();
    rungs.remove(rendition);
    output.ports().metrics().rungFailed(rendition);
    log.atWarn()
        .addKeyValue("stream", run.stream())
        .addKeyValue("rendition", rendition)
        .setCause(failure)
        .log("packaging a rung failed; it leaves the playlists, and the stream goes on");
  }
}
