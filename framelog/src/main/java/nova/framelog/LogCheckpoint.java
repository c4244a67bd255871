package nova.framelog;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import nova.core.Timescale;
import nova.core.TrackId;

/// All that must be known of the entries before a place in a log, to read or write on from there.
/// For adapters of [FrameLog] that cannot keep all entries.
///
/// *Immutable.*
///
/// @param earlier the log's tail, but for media of the epoch that is open
/// @param tracks where the tracks of that epoch end
/// @param inForce that epoch's start and formats; empty when none is open
public record LogCheckpoint(LogTail earlier, List<TrackEnd> tracks, List<LogEntry> inForce) {
  public LogCheckpoint {
    tracks = List.copyOf(tracks);
    inForce = List.copyOf(inForce);
  }

  /// Where one track of an epoch ends.
  ///
  /// @param wallClock of the latest `pts`; empty before the first frame
  /// @param pts the latest
  /// @param dts of the last frame
  /// @param lastDuration the distance between its last two frames, 0 before there are two
  public record TrackEnd(
      TrackId track,
      Timescale timescale,
      Optional<Instant> wallClock,
      long pts,
      long dts,
      long lastDuration) {}
}
