package nova.transcode;

import java.time.Duration;
import java.time.Instant;
import nova.core.NanoClock;
import nova.framelog.LogEntry;
import nova.framelog.LogEntry.EpochStarted;
import nova.framelog.LogEntry.LoggedFrame;

/// The longest time from a source's frame to a rung's frame made of it.
///
/// A frame says when it came by the clock of its ingest, which may be another machine's and not
/// agree with ours. What no encoding has delayed tells the two clocks' distance: the frame of the
/// last minute that was read the soonest after it came.
///
/// *Thread-safe*: one thread reads the source, another hears the worker.
final class RungLag {
  private final NanoClock clock;
  private Duration longest = Duration.ZERO; // guarded by `this`
  private SoonestRead soonest = new SoonestRead(); // guarded by `this`

  RungLag(NanoClock clock) {
    this.clock = clock;
  }

  /// An entry of the source was read.
  synchronized void read(LogEntry entry) {
    switch (entry) {
      case EpochStarted _ -> soonest = new SoonestRead(); // maybe by another ingest's clock
      case LoggedFrame frame -> soonest.take(distance(frame.arrivedAt()), clock.nanoTime());
      default -> {}
    }
  }

  /// An entry of a rung came.
  synchronized void heard(LogEntry entry) {
    if (entry instanceof LoggedFrame frame) {
      Duration lag = soonest.until(distance(frame.arrivedAt()));
      if (lag.compareTo(longest) > 0) {
        longest = lag;
      }
    }
  }

  /// The longest since this was last asked.
  synchronized Duration longest() {
    Duration lag = longest;
    longest = Duration.ZERO;
    return lag;
  }

  /// From an instant of ingest's clock until now, and how far that clock and ours are apart.
  private long distance(Instant arrivedAt) {
    return clock.nanoTime() - arrivedAt.getEpochSecond() * 1_000_000_000L - arrivedAt.getNano();
  }

  /// The least distance of those read in the last half to whole minute, so that clocks may drift
  /// and be set.
  private static final class SoonestRead {
    private static final long WINDOW_NS = Duration.ofSeconds(30).toNanos();

    private boolean any;
    private long windowBeganNs;
    private long inWindow;
    private long inWindowBefore;

    void take(long distance, long nowNs) {
      if (!any) {
        any = true;
        windowBeganNs = nowNs;
        inWindow = distance;
        inWindowBefore = distance;
      } else if (nowNs - windowBeganNs > WINDOW_NS) {
        windowBeganNs = nowNs;
        inWindowBefore = inWindow;
        inWindow = distance;
      } else if (distance - inWindow < 0) {
        inWindow = distance;
      }
    }

    /// How much longer another distance is; nothing while none was taken.
    Duration until(long distance) {
      return any
          ? Duration.ofNanos(Math.max(distance - inWindow, distance - inWindowBefore))
          : Duration.ZERO;
    }
  }
}
