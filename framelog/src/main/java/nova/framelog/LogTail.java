package nova.framelog;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import nova.core.Epoch;

/// Where a stream's log stands: what a new writer must continue from.
///
/// *Immutable.*
///
/// @param lastEpoch empty before the first epoch
/// @param lastSegment the highest segment number given out; 0 before the first, which is 1
/// @param mediaEnd the media time at which the last frame ends; zero before the first frame
/// @param wallClockEnd the wall clock of `mediaEnd`; empty before the first frame
public record LogTail(
    Optional<Epoch> lastEpoch,
    long lastSegment,
    Duration mediaEnd,
    Optional<Instant> wallClockEnd) {
  /// The tail of a log without entries.
  public static final LogTail EMPTY =
      new LogTail(Optional.empty(), 0, Duration.ZERO, Optional.empty());
}
