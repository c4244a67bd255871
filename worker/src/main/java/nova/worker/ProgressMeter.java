package nova.worker;

import java.time.Duration;
import java.util.List;
import nova.core.NanoClock;
import nova.core.Timescale;
import nova.framelog.pipe.WorkerProgress;
import org.jspecify.annotations.Nullable;

/// Counts pictures and tells once a second how fast they come.
///
/// *Confined to its creator's thread.*
final class ProgressMeter {
  /// Between reports.
  static final Duration INTERVAL = Duration.ofSeconds(1);

  private final NanoClock clock;
  private long reportedAt;
  private long pictures;
  private double mediaSeconds;
  private long lastPts;
  private boolean follows;

  ProgressMeter(NanoClock clock) {
    this.clock = clock;
    this.reportedAt = clock.nanoTime();
  }

  /// A picture was decoded.
  void picture(long pts, Timescale timescale) {
    pictures++;
    if (follows && pts > lastPts) {
      mediaSeconds += timescale.toSeconds(pts - lastPts);
    }
    follows = true;
    lastPts = pts;
  }

  /// Media is missing before the next picture.
  void gap() {
    follows = false;
  }

  /// How long until a report is due; zero when it is.
  Duration untilDue() {
    long leftNs = INTERVAL.toNanos() - (clock.nanoTime() - reportedAt);
    return Duration.ofNanos(Math.max(0, leftNs));
  }

  /// What to report, or null when the last report is less than a second old.
  ///
  /// @param threads of the worker
  @Nullable WorkerProgress due(
      long droppedFrames, List<BusyMeter> threads, int queueDepth, int queueCapacity) {
    long now = clock.nanoTime();
    long passed = now - reportedAt;
    if (passed < INTERVAL.toNanos()) {
      return null;
    }
    double speed = mediaSeconds * 1e9 / passed;
    reportedAt = now;
    mediaSeconds = 0;
    double busiest = threads.stream().mapToDouble(t -> t.takeShare(passed)).max().orElse(0);
    return new WorkerProgress(pictures, droppedFrames, speed, busiest, queueDepth, queueCapacity);
  }
}
