package nova.transcode.poster;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import nova.core.StreamId;
import nova.core.TrackId;
import nova.framelog.FrameLogReader;
import nova.framelog.LogEntry;
import nova.framelog.LogEntry.EpochEnded;
import nova.framelog.LogEntry.EpochStarted;
import nova.framelog.LogEntry.LoggedFrame;
import nova.framelog.LogEntry.StreamClosed;
import nova.framelog.LogEntry.TrackFormatChanged;
import nova.framelog.LogPosition;
import nova.framelog.pipe.WorkerMessage.PosterFrame;
import nova.media.TrackFormat.VideoFormat;
import nova.transcode.WorkerFailure;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes the posters of one stream: the newest keyframe, then nothing for the interval, until the
/// stream is over.
///
/// *Confined to its own thread.*
final class StreamPosters implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(StreamPosters.class);
  private static final TrackId TRACK = TrackId.VIDEO;
  private static final Duration READ_TIMEOUT = Duration.ofSeconds(30);

  // A stream over whose frames workers fail again and again must not cost the others theirs.
  private static final int MOST_FAILURES_IN_A_ROW = 2;

  private final StreamId stream;
  private final Duration interval;
  private final PosterPorts ports;
  private final SharedWorker worker;
  private @Nullable VideoFormat format;
  private @Nullable LoggedFrame newest;
  private boolean over;
  private int failuresInARow;

  StreamPosters(StreamId stream, PosterConfig config, PosterPorts ports, SharedWorker worker) {
    this.stream = stream;
    this.interval = config.interval();
    this.ports = ports;
    this.worker = worker;
  }

  @Override
  public void run() {
    try (FrameLogReader reader = ports.frames().openReader(stream, LogPosition.LATEST_KEYFRAME)) {
      while (!over) {
        List<LogEntry> entries = reader.read(READ_TIMEOUT, StreamPosters::isWorthWaking);
        entries.forEach(this::note);
        if (entries.isEmpty() && reader.ended()) {
          return;
        }
        if (newest != null && format != null && !over) {
          take(new PosterFrame(stream, format, newest.frame().payload()), newest);
          newest = null;
          Thread.sleep(interval);
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // the stream is over, or the server stops
    }
  }

  private static boolean isWorthWaking(LogEntry entry) {
    return switch (entry) {
      case LoggedFrame logged -> logged.frame().keyframe() && logged.frame().track().equals(TRACK);
      case StreamClosed _ -> true;
      case EpochStarted _, TrackFormatChanged _, EpochEnded _ -> false;
    };
  }

  private void note(LogEntry entry) {
    switch (entry) {
      case EpochStarted _ -> format = null;
      case TrackFormatChanged(TrackId track, var changed) -> {
        if (track.equals(TRACK) && changed instanceof VideoFormat video) {
          format = isSmall(video) ? video : null;
          newest = null;
        }
      }
      case LoggedFrame logged -> {
        if (isWorthWaking(logged)
            && logged.frame().payload().length() <= PosterFrame.MAX_PAYLOAD_BYTES) {
          newest = logged;
        }
      }
      case EpochEnded _ -> {}
      case StreamClosed _ -> over = true;
    }
  }

  private static boolean isSmall(VideoFormat format) {
    return format.configuration().length() <= PosterFrame.MAX_CONFIGURATION_BYTES;
  }

  private void take(PosterFrame frame, LoggedFrame source) throws InterruptedException {
    long askedAtNs = ports.clock().nanoTime();
    switch (outcome(frame)) {
      case PosterOutcome.Picture(var jpeg) -> {
        failuresInARow = 0;
        ports.sink().poster(stream, jpeg, source.arrivedAt());
        ports.metrics().taken(jpeg.length(), ports.clock().nanoTime() - askedAtNs);
      }
      case PosterOutcome.Blank _ -> {
        failuresInARow = 0;
        ports.metrics().failed("no-picture");
      }
      case PosterOutcome.Failed(WorkerFailure failure, boolean overFrame) -> {
        failuresInARow += overFrame ? 1 : 0;
        if (failuresInARow >= MOST_FAILURES_IN_A_ROW) {
          over = true;
          log.atInfo()
              .addKeyValue("stream", stream)
              .addKeyValue("reason", failure.reason())
              .log("stream gets no more posters: {}", failure.sentence());
        }
      }
      case PosterOutcome.Closed _ -> over = true;
    }
  }

  private PosterOutcome outcome(PosterFrame frame) throws InterruptedException {
    try {
      return worker.make(frame).get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("a poster's outcome is never an exception", e);
    }
  }
}
