package nova.packager;

import java.time.Duration;
import java.util.List;
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
import nova.framelog.SegmentBoundaryPolicy;
import nova.segments.TimelineSnapshot.TimelineState;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Packages one stream, from its first log entry until its media is forgotten.
///
/// *Confined to its own thread, except [#over].*
final class StreamPackager implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(StreamPackager.class);

  // After the stream was reported over, silence of this length means that the log will not say so.
  private static final Duration READ_TIMEOUT = Duration.ofSeconds(5);

  private final StreamId stream;
  private final PackagerConfig config;
  private final PackagerPorts ports;
  private final TimelineBuilder timeline;
  private final Publication publication;
  private volatile boolean reportedOver;
  private @Nullable EpochPackager epoch;
  private long epochsWithMedia;
  private long skippedEntries;

  StreamPackager(StreamStarted started, PackagerConfig config, PackagerPorts ports) {
    this.stream = started.stream();
    this.config = config;
    this.ports = ports;
    this.timeline = new TimelineBuilder(stream, started.channel(), started.at(), config);
    this.publication =
        new Publication(
            timeline,
            ports,
            DvrWindow.of(config, SegmentBoundaryPolicy.TARGET_DURATION_SECONDS),
            SegmentBoundaryPolicy.TARGET_DURATION_SECONDS);
  }

  /// The stream was reported over; the log normally says so too.
  void over() {
    reportedOver = true;
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
    }
  }

  private void follow() throws InterruptedException {
    publication.changed();
    publication.publish();
    try (FrameLogReader reader = ports.frames().openReader(stream, LogPosition.EARLIEST)) {
      while (!timeline.isEnded()) {
        PartsDue due = epoch == null ? PartsDue.ANY : epoch.partsDue();
        List<LogEntry> entries = reader.read(READ_TIMEOUT, due);
        if (entries.isEmpty() && (reader.ended() || reportedOver)) {
          end();
        }
        for (LogEntry entry : entries) {
          apply(entry);
        }
        publication.publish();
        countSkipped(reader.skippedEntries());
      }
    }
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
      case StreamClosed _ -> end();
    }
  }

  private void begin(EpochStarted started) {
    EpochPackager before = epoch;
    if (before != null && before.epoch().equals(started.epoch())) {
      return; // repeated by the log for a reader that fell behind
    }
    finishEpoch();
    if (before != null && before.hasMedia()) {
      before.fillUp();
      epochsWithMedia++;
    }
    epoch =
        new EpochPackager(
            started.epoch(),
            started.firstSegment(),
            epochsWithMedia,
            config,
            timeline,
            ports.segments(),
            publication);
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
    finishEpoch();
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
    timeline.ended(ports.clock().instant());
    ports.timelines().put(timeline.snapshot());
    ports
        .events()
        .publish(
            new StreamError(
                stream,
                ports.clock().instant(),
                "packaging failed: %s".formatted(failure.getMessage())));
  }

  private void forget() {
    ports.timelines().remove(stream);
    ports.segments().removeStream(stream);
  }
}
