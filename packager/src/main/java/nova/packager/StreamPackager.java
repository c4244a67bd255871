package nova.packager;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import nova.core.StreamEvent.StreamError;
import nova.core.StreamEvent.StreamStarted;
import nova.core.StreamId;
import nova.framelog.FrameLogReader;
import nova.framelog.LogEntry;
import nova.framelog.LogEntry.EpochEnd;
import nova.framelog.LogEntry.EpochEnded;
import nova.framelog.LogEntry.EpochStarted;
import nova.framelog.LogEntry.LoggedFrame;
import nova.framelog.LogEntry.StreamClosed;
import nova.framelog.LogEntry.TrackFormatChanged;
import nova.framelog.LogPosition;
import nova.segments.TimelineSnapshot.TimelineState;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Packages one stream, from its first log entry until its media is forgotten: the source on this
/// thread, and its rungs each on its own. All of them take the stream's lock while they change the
/// timeline.
///
/// *Confined to its own thread, except [#over] and [#rungs].*
final class StreamPackager implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(StreamPackager.class);

  // After the stream was reported over, silence of this length means that the log will not say so.
  private static final Duration READ_TIMEOUT = Duration.ofSeconds(5);

  // Rungs are some tenths of a second behind when their source is over, and on a machine that is
  // too small some seconds, before a ladder is made easier: what is not waited for is a gap at the
  // end of the playlists, for good.
  private static final Duration RUNGS_TIMEOUT = Duration.ofSeconds(5);

  private final StreamId stream;
  private final PackagerConfig config;
  private final PackagerPorts ports;
  private final TimelineBuilder timeline;
  private final Publication publication;
  private final ReentrantLock lock = new ReentrantLock();
  private final StreamOutput output; // guarded by `lock`, as all that changes it
  private final StreamRungs rungs;
  private volatile boolean reportedOver;
  private boolean sourceOver;
  private @Nullable EpochPackager epoch;
  private long skippedEntries;

  StreamPackager(StreamStarted started, PackagerConfig config, PackagerPorts ports) {
    this.stream = started.stream();
    this.config = config;
    this.ports = ports;
    this.timeline = new TimelineBuilder(stream, started.channel(), started.at(), config);
    this.output = StreamOutput.of(config, ports, timeline);
    this.publication = output.publication();
    this.rungs = new StreamRungs(output, lock);
  }

  /// The stream was reported over; the log normally says so too.
  void over() {
    reportedOver = true;
    rungs.freeze();
  }

  /// The rungs of the stream.
  StreamRungs rungs() {
    return rungs;
  }

  @Override
  public void run() {
    try {
      try {
        follow();
      } catch (RuntimeException e) {
        giveUp(e);
      }
      ports.frames().remove(stream);
      Thread.sleep(config.keepEnded());
      forget();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // the process ends; memory goes with it
    } finally {
      rungs.stop();
    }
  }

  private void follow() throws InterruptedException {
    locked(publication::changed);
    try (FrameLogReader reader = ports.frames().openReader(stream, LogPosition.EARLIEST)) {
      while (!sourceOver) {
        List<LogEntry> entries = reader.read(READ_TIMEOUT, partsDue());
        sourceOver = entries.isEmpty() && (reader.ended() || reportedOver);
        locked(
            () -> {
              entries.forEach(this::apply);
              rungs.settle();
              rungs.sourceAdvanced();
            });
        countSkipped(reader.skippedEntries());
      }
    }
    rungs.freeze();
    locked(this::finishEpoch);
    awaitRungs();
    locked(this::end);
  }

  /// Makes changes under the stream's lock, and then makes them public.
  private void locked(Runnable changes) {
    lock.lock();
    try {
      changes.run();
      publication.publish();
    } finally {
      lock.unlock();
    }
  }

  private PartsDue partsDue() {
    lock.lock();
    try {
      return epoch == null ? PartsDue.ANY : epoch.partsDue();
    } finally {
      lock.unlock();
    }
  }

  private void awaitRungs() throws InterruptedException {
    lock.lock();
    try {
      rungs.awaitEnd(RUNGS_TIMEOUT);
    } finally {
      lock.unlock();
    }
    rungs.stop();
  }

  private void apply(LogEntry entry) {
    switch (entry) {
      case EpochStarted started -> begin(started);
      case TrackFormatChanged(var track, var format) -> {
        if (epoch != null && !epoch.format(track, format)) {
          log.atWarn()
              .addKeyValue("stream", stream)
              .addKeyValue("track", track)
              .log("track is not packaged: only the first video and audio tracks are");
        }
      }
      case LoggedFrame frame -> {
        publication.arrivedAt(frame.arrivedAt());
        if (epoch != null && !epoch.add(frame)) {
          ports.metrics().framesDropped("no-rendition", 1);
        }
      }
      case EpochEnded(_, EpochEnd end) -> {
        finishEpoch();
        if (end == EpochEnd.CONNECTION_LOST || end == EpochEnd.TAKEN_OVER) {
          timeline.state(TimelineState.RECONNECTING);
          publication.changed();
        }
      }
      case StreamClosed _ -> sourceOver = true;
    }
  }

  private void begin(EpochStarted started) {
    EpochPackager before = epoch;
    if (before != null && before.epoch().equals(started.epoch())) {
      return; // repeated by the log for a reader that fell behind
    }
    finishEpoch();
    if (before != null) {
      before.fillUp();
    }
    output.epochs().forgetBefore(timeline.firstListed());
    EpochTimes times = output.epochs().begin(started.epoch(), started.firstSegment());
    epoch = new EpochPackager(times, output);
    timeline.state(TimelineState.LIVE);
    publication.changed();
  }

  private void finishEpoch() {
    if (epoch != null) {
      epoch.finish();
      long late = epoch.takeLateFrames();
      if (late > 0) {
        ports.metrics().framesDropped("too-late", late);
      }
    }
  }

  private void end() {
    output.gaps().fillRungs();
    timeline.ended(ports.clock().instant());
    publication.changed();
  }

  private void countSkipped(long total) {
    if (total > skippedEntries) {
      long more = total - skippedEntries;
      skippedEntries = total;
      ports.metrics().framesDropped("log-overrun", more);
      log.atWarn()
          .addKeyValue("stream", stream)
          .addKeyValue("entries", more)
          .log("packager is too slow for the frame log; viewers miss media");
    }
  }

  private void giveUp(RuntimeException failure) {
    log.atWarn()
        .addKeyValue("stream", stream)
        .setCause(failure)
        .log("packaging failed; the stream ends for viewers");
    ports.metrics().streamFailed();
    rungs.stop();
    lock.lock();
    try {
      timeline.ended(ports.clock().instant());
      ports.timelines().put(timeline.snapshot());
    } finally {
      lock.unlock();
    }
    ports
        .events()
        .publish(
            new StreamError(
                stream,
                ports.clock().instant(),
                "packaging failed: %s".formatted(failure.getMessage()),
                Optional.empty()));
  }

  private void forget() {
    ports.timelines().remove(stream);
    ports.segments().removeStream(stream);
  }
}
