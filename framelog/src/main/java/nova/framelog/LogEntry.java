package nova.framelog;

import java.time.Instant;
import nova.core.Epoch;
import nova.core.TrackId;
import nova.media.MediaFrame;
import nova.media.TrackFormat;

/// One entry of a stream's log. The order is `(EpochStarted TrackFormatChanged+ LoggedFrame*
/// EpochEnded)* StreamClosed`. An epoch has no end where its writer died, and none for a reader
/// that fell behind there: the next epoch's start ends it as well.
///
/// *Immutable.*
public sealed interface LogEntry {
  /// A run of media with one clock and one set of formats begins.
  ///
  /// @param firstSegment number of its first segment; one more than the last of the epoch before
  /// @param wallClockOrigin UTC instant of media time zero in this epoch, before drift correction
  record EpochStarted(Epoch epoch, long firstSegment, Instant wallClockOrigin)
      implements LogEntry {}

  /// A track and its format in this epoch. All formats of an epoch precede its first frame; a
  /// change is a new epoch.
  record TrackFormatChanged(TrackId track, TrackFormat format) implements LogEntry {}

  /// A frame with the decisions of the stream's writer.
  ///
  /// @param arrivedAt when its last byte reached ingest
  /// @param wallClock UTC instant of its `pts` by ingest's smoothed clock; PDT and prft derive from
  ///   it
  /// @param segment number of the segment it belongs to, the same in every rendition
  /// @param cut whether it is the first frame of its track in that segment
  record LoggedFrame(
      MediaFrame frame, Instant arrivedAt, Instant wallClock, long segment, boolean cut)
      implements LogEntry {}

  /// No more frames will come in this epoch; its last segment is complete.
  record EpochEnded(Epoch epoch, EpochEnd end) implements LogEntry {}

  /// The stream is over; nothing follows.
  ///
  /// @param graceful whether the broadcaster or an operator ended it
  /// @param reason one sentence
  record StreamClosed(boolean graceful, String reason) implements LogEntry {}

  /// Why an epoch ended.
  enum EpochEnd {
    /// The broadcaster said goodbye or an operator stopped the stream.
    FINISHED,
    /// The connection was lost or fell silent; the broadcaster may return.
    CONNECTION_LOST,
    /// The same key published from elsewhere.
    TAKEN_OVER,
    /// The formats changed, a track came late, or the clock jumped; another epoch follows at once.
    FORMAT_CHANGED
  }
}
