package nova.framelog;

import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import nova.core.Epoch;
import nova.core.Timescale;
import nova.core.TrackId;
import nova.framelog.LogEntry.EpochEnd;
import nova.framelog.LogEntry.EpochEnded;
import nova.framelog.LogEntry.EpochStarted;
import nova.framelog.LogEntry.LoggedFrame;
import nova.framelog.LogEntry.StreamClosed;
import nova.framelog.LogEntry.TrackFormatChanged;
import nova.framelog.SegmentBoundaryPolicy.Placement;
import nova.media.MediaFrame;
import nova.media.TrackFormat;
import org.jspecify.annotations.Nullable;

/// The one decider of a stream: puts its frames on the stream's time line, gives them a wall clock,
/// a segment number and a cut, and appends them to the log.
///
/// Media time zero is the stream's first frame. A later epoch begins as much after the end of the
/// one before as the wall clock says, or right at its end when the pause is under half a second or
/// the media is ahead of the wall clock; media time never goes back. What is written depends on
/// nothing but the log's tail and the arguments of the calls.
///
/// *Confined to its session's thread.*
public final class StreamLogWriter {
  // Shorter pauses are a change of format or jitter: going on without a hole plays better.
  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(500);

  private final FrameLogWriter log;
  private @Nullable OpenEpoch open;
  private boolean unavailable;

  public StreamLogWriter(FrameLogWriter log) {
    this.log = log;
  }

  /// Begins an epoch with its formats; ends an open one as [EpochEnd#FORMAT_CHANGED].
  ///
  /// @param formats of all tracks whose frames will come; at least one
  /// @param now when the epoch's first frame arrived
  /// @throws WriterFencedException when another writer of the stream was opened since
  /// @throws LogUnavailableException when the log does not take it
  public Epoch startEpoch(Map<TrackId, TrackFormat> formats, Instant now) {
    if (open != null) {
      endEpoch(EpochEnd.FORMAT_CHANGED);
    }
    LogTail tail = log.tail();
    Duration pause =
        tail.wallClockEnd().map(end -> Duration.between(end, now)).orElse(Duration.ZERO);
    Instant begin = tail.wallClockEnd().orElse(now);
    Duration offset = tail.mediaEnd();
    if (pause.compareTo(SHORTEST_PAUSE) >= 0) {
      offset = offset.plus(pause);
      begin = now;
    }
    Epoch epoch = tail.lastEpoch().map(Epoch::next).orElse(new Epoch(0));
    long firstSegment = tail.lastSegment() + 1; // 1 in a new stream: hls.js 1.7.4 takes 0 for none
    Instant origin = begin.minus(offset);
    OpenEpoch next = new OpenEpoch(epoch, firstSegment, origin, offset, formats);
    write(new EpochStarted(epoch, firstSegment, origin));
    next.formats.forEach((track, format) -> write(new TrackFormatChanged(track, format)));
    open = next;
    return epoch;
  }

  /// Appends the next frame. Within a track `dts` rises.
  ///
  /// @param frame with times relative to the epoch's own zero, which is its first frame
  /// @param arrivedAt when its last byte arrived
  /// @return what was appended, on the stream's time line
  /// @throws WriterFencedException when another writer of the stream was opened since
  /// @throws LogUnavailableException when the log does not take it
  public LoggedFrame append(MediaFrame frame, Instant arrivedAt) {
    OpenEpoch epoch = open;
    if (epoch == null) {
      throw new IllegalStateException("a frame outside of an epoch (expected: startEpoch first)");
    }
    LoggedFrame logged = epoch.place(frame, arrivedAt);
    write(logged);
    return logged;
  }

  /// Ends the open epoch; without one it does nothing.
  ///
  /// @throws WriterFencedException when another writer of the stream was opened since
  /// @throws LogUnavailableException when the log does not take it
  public void endEpoch(EpochEnd end) {
    OpenEpoch epoch = open;
    if (epoch != null) {
      open = null;
      write(new EpochEnded(epoch.epoch, end));
    }
  }

  /// Closes the stream for good; ends an open epoch first.
  ///
  /// @param graceful whether the broadcaster or an operator ended it
  /// @param reason one sentence
  /// @throws WriterFencedException when another writer of the stream was opened since
  /// @throws LogUnavailableException when the log does not take it
  public void closeStream(boolean graceful, String reason) {
    endEpoch(graceful ? EpochEnd.FINISHED : EpochEnd.CONNECTION_LOST);
    write(new StreamClosed(graceful, reason));
  }

  /// Whether an epoch is open.
  public boolean inEpoch() {
    return open != null;
  }

  /// Whether the log did not take an entry. Nothing more can be written here; another writer goes
  /// on behind what the log took.
  public boolean isUnavailable() {
    return unavailable;
  }

  private void write(LogEntry entry) {
    try {
      log.append(entry);
    } catch (LogUnavailableException e) {
      unavailable = true;
      throw e;
    }
  }

  /// The epoch being written.
  private static final class OpenEpoch {
    final Epoch epoch;
    final Map<TrackId, TrackFormat> formats = new TreeMap<>(StreamLogWriter::compareTracks);
    private final Map<TrackId, Long> offsets = new HashMap<>();
    private final Map<TrackId, Long> lastDts = new HashMap<>();
    private final SegmentBoundaryPolicy boundaries;
    private final SmoothedClock clock;

    OpenEpoch(
        Epoch epoch,
        long firstSegment,
        Instant origin,
        Duration offset,
        Map<TrackId, TrackFormat> formats) {
      this.epoch = epoch;
      this.formats.putAll(formats);
      Map<TrackId, Timescale> timescales = new HashMap<>();
      formats.forEach(
          (track, format) -> {
            timescales.put(track, format.timescale());
            offsets.put(track, format.timescale().fromDuration(offset, RoundingMode.CEILING));
          });
      this.boundaries = new SegmentBoundaryPolicy(timescales, firstSegment);
      this.clock = new SmoothedClock(origin, offset.toNanos());
    }

    LoggedFrame place(MediaFrame relative, Instant arrivedAt) {
      TrackId track = relative.track();
      TrackFormat format = formats.get(track);
      Long offset = offsets.get(track);
      if (format == null || offset == null) {
        throw new IllegalArgumentException(
            "track %s (expected: one of the epoch's %s)".formatted(track, formats.keySet()));
      }
      Long before = lastDts.put(track, relative.dts());
      if (before != null && before >= relative.dts()) {
        throw new IllegalArgumentException(
            "dts %d of track %s (expected: > %d)".formatted(relative.dts(), track, before));
      }
      MediaFrame frame =
          new MediaFrame(
              track,
              relative.dts() + offset,
              relative.pts() + offset,
              relative.keyframe(),
              relative.payload());
      clock.arrived(nanos(format, frame.dts()), arrivedAt);
      Placement placement = boundaries.place(frame);
      Instant wallClock = clock.at(nanos(format, frame.pts()), placement.segment());
      return new LoggedFrame(frame, arrivedAt, wallClock, placement.segment(), placement.cut());
    }

    private static long nanos(TrackFormat format, long ticks) {
      return format.timescale().toDuration(ticks).toNanos();
    }
  }

  private static int compareTracks(TrackId a, TrackId b) {
    int byKind = a.kind().compareTo(b.kind());
    return byKind != 0 ? byKind : Integer.compare(a.index(), b.index());
  }
}
