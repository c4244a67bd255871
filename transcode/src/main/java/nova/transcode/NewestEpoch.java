package nova.transcode;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import nova.core.Epoch;
import nova.core.StreamId;
import nova.core.TrackId;
import nova.framelog.FrameLog;
import nova.framelog.FrameLogReader;
import nova.framelog.LogEntry;
import nova.framelog.LogEntry.EpochStarted;
import nova.framelog.LogEntry.LoggedFrame;
import nova.framelog.LogEntry.TrackFormatChanged;
import nova.framelog.LogPosition;
import nova.media.TrackFormat.AudioFormat;
import nova.media.TrackFormat.VideoFormat;
import org.jspecify.annotations.Nullable;

/// The latest epoch in a source's log, with the formats of its first tracks.
///
/// *Immutable.*
///
/// @param firstSegment its first
/// @param at UTC instant of its newest frame, by ingest's clock
/// @param video null without video
/// @param audio null without audio
record NewestEpoch(
    Epoch epoch,
    long firstSegment,
    Instant at,
    @Nullable VideoFormat video,
    @Nullable AudioFormat audio) {
  /// Reads the log from its latest keyframe on, which the epoch's start and formats precede.
  ///
  /// @param timeout to wait for the first entry
  static Optional<NewestEpoch> read(FrameLog log, StreamId stream, Duration timeout)
      throws InterruptedException {
    NewestEpoch newest = null;
    try (FrameLogReader reader = log.openReader(stream, LogPosition.LATEST_KEYFRAME)) {
      for (List<LogEntry> entries = reader.read(timeout);
          !entries.isEmpty();
          entries = reader.read(Duration.ZERO)) {
        for (LogEntry entry : entries) {
          newest = after(newest, entry);
        }
      }
    }
    return Optional.ofNullable(newest);
  }

  /// Whether another has the same tracks in the same formats.
  boolean hasFormatsOf(NewestEpoch other) {
    return Objects.equals(video, other.video) && Objects.equals(audio, other.audio);
  }

  private static @Nullable NewestEpoch after(@Nullable NewestEpoch before, LogEntry entry) {
    return switch (entry) {
      case EpochStarted started ->
          new NewestEpoch(
              started.epoch(), started.firstSegment(), started.wallClockOrigin(), null, null);
      case TrackFormatChanged changed when before != null -> before.with(changed);
      case LoggedFrame frame when before != null -> before.at(frame.wallClock());
      case LogEntry _ -> before;
    };
  }

  private NewestEpoch at(Instant newest) {
    return new NewestEpoch(epoch, firstSegment, newest, video, audio);
  }

  private NewestEpoch with(TrackFormatChanged changed) {
    if (changed.track().equals(TrackId.VIDEO) && changed.format() instanceof VideoFormat format) {
      return new NewestEpoch(epoch, firstSegment, at, format, audio);
    }
    if (changed.track().equals(TrackId.AUDIO) && changed.format() instanceof AudioFormat format) {
      return new NewestEpoch(epoch, firstSegment, at, video, format);
    }
    return this;
  }
}
