package nova.framelog;

import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nova.core.Epoch;
import nova.core.Timescale;
import nova.core.TrackId;
import nova.framelog.LogEntry.EpochEnded;
import nova.framelog.LogEntry.EpochStarted;
import nova.framelog.LogEntry.LoggedFrame;
import nova.framelog.LogEntry.StreamClosed;
import nova.framelog.LogEntry.TrackFormatChanged;
import nova.media.MediaFrame;
import org.jspecify.annotations.Nullable;

/// Derives the [LogTail] from the entries; for adapters of [FrameLog].
///
/// *Confined to whoever appends.*
public final class LogTailTracker {
  // The last frame of an epoch lasts as long as the one before it, within reason.
  private static final long LONGEST_LAST_FRAME_MS = 500;

  private final Map<TrackId, TrackEnd> tracks = new HashMap<>();
  private @Nullable Epoch lastEpoch;
  private long lastSegment;
  private long earlierMediaEndNs;
  private @Nullable Instant earlierWallClockEnd;

  /// At the beginning of a log.
  public LogTailTracker() {}

  /// At a checkpoint of a log.
  public LogTailTracker(LogCheckpoint at) {
    lastEpoch = at.earlier().lastEpoch().orElse(null);
    lastSegment = at.earlier().lastSegment();
    earlierMediaEndNs = at.earlier().mediaEnd().toNanos();
    earlierWallClockEnd = at.earlier().wallClockEnd().orElse(null);
    at.tracks().forEach(track -> tracks.put(track.track(), new TrackEnd(track)));
  }

  /// All that is known of the entries so far, so that another tracker can go on from here.
  ///
  /// @param inForce see [FormatsInForce#entries]
  public LogCheckpoint checkpoint(List<LogEntry> inForce) {
    LogTail earlier =
        new LogTail(
            Optional.ofNullable(lastEpoch),
            lastSegment,
            Duration.ofNanos(earlierMediaEndNs),
            Optional.ofNullable(earlierWallClockEnd));
    return new LogCheckpoint(
        earlier,
        tracks.entrySet().stream().map(e -> e.getValue().describe(e.getKey())).toList(),
        inForce);
  }

  /// Takes note of the next entry.
  public void add(LogEntry entry) {
    switch (entry) {
      case EpochStarted started -> {
        foldTracks();
        lastEpoch = started.epoch();
        lastSegment = Math.max(lastSegment, started.firstSegment() - 1);
      }
      case TrackFormatChanged(TrackId track, var format) ->
          tracks.put(track, new TrackEnd(format.timescale()));
      case LoggedFrame logged -> {
        lastSegment = Math.max(lastSegment, logged.segment());
        TrackEnd end = tracks.get(logged.frame().track());
        if (end != null) {
          end.add(logged);
        }
      }
      case EpochEnded _, StreamClosed _ -> {}
    }
  }

  /// Where the log stands after the entries added so far.
  public LogTail tail() {
    long mediaEndNs = earlierMediaEndNs;
    Instant wallClockEnd = earlierWallClockEnd;
    for (TrackEnd end : tracks.values()) {
      Instant wallClock = end.wallClock;
      if (wallClock != null && (wallClockEnd == null || end.mediaNs() > mediaEndNs)) {
        mediaEndNs = end.mediaNs();
        wallClockEnd = wallClock.plusNanos(end.lastDurationNs());
      }
    }
    return new LogTail(
        Optional.ofNullable(lastEpoch),
        lastSegment,
        Duration.ofNanos(mediaEndNs),
        Optional.ofNullable(wallClockEnd));
  }

  private void foldTracks() {
    LogTail tail = tail();
    earlierMediaEndNs = tail.mediaEnd().toNanos();
    earlierWallClockEnd = tail.wallClockEnd().orElse(null);
    tracks.clear();
  }

  /// Where one track of the current epoch ends.
  private static final class TrackEnd {
    final Timescale timescale;
    @Nullable Instant wallClock; // of the latest pts
    private long pts;
    private long dts;
    private long lastDuration;

    TrackEnd(Timescale timescale) {
      this.timescale = timescale;
    }

    TrackEnd(LogCheckpoint.TrackEnd at) {
      this.timescale = at.timescale();
      this.wallClock = at.wallClock().orElse(null);
      this.pts = at.pts();
      this.dts = at.dts();
      this.lastDuration = at.lastDuration();
    }

    LogCheckpoint.TrackEnd describe(TrackId track) {
      return new LogCheckpoint.TrackEnd(
          track, timescale, Optional.ofNullable(wallClock), pts, dts, lastDuration);
    }

    void add(LoggedFrame logged) {
      MediaFrame frame = logged.frame();
      if (wallClock != null) {
        lastDuration = frame.dts() - dts;
      }
      if (wallClock == null || frame.pts() > pts) {
        pts = frame.pts();
        wallClock = logged.wallClock();
      }
      dts = frame.dts();
    }

    long lastDurationNs() {
      long longest = timescale.fromMs(LONGEST_LAST_FRAME_MS, RoundingMode.FLOOR);
      return timescale.toDuration(Math.min(lastDuration, longest)).toNanos();
    }

    long mediaNs() {
      return timescale.toDuration(pts).toNanos() + lastDurationNs();
    }
  }
}
