package nova.transcode;

import java.time.Duration;
import java.time.InstantSource;
import nova.framelog.LogEntry;
import nova.framelog.LogEntry.LoggedFrame;

/// The longest time from the arrival of a source's frame to a rung's frame made of it.
///
/// *Confined to the thread that hears the worker.*
final class RungLag {
  private final InstantSource instants;
  private Duration longest = Duration.ZERO;

  RungLag(InstantSource instants) {
    this.instants = instants;
  }

  /// An entry of a rung came.
  void heard(LogEntry entry) {
    if (entry instanceof LoggedFrame frame) {
      Duration lag = Duration.between(frame.arrivedAt(), instants.instant());
      if (lag.compareTo(longest) > 0) {
        longest = lag;
      }
    }
  }

  /// The longest since this was last asked.
  Duration longest() {
    Duration lag = longest;
    longest = Duration.ZERO;
    return lag;
  }
}
