package nova.transcode;

import java.time.Duration;
import nova.core.Setting;

/// Settings of the worker processes.
///
/// *Immutable.*
///
/// @param startTimeout from starting a worker to its first sign of life
/// @param stallTimeout from giving a worker frames to its next sign of life
/// @param restarts within `restart-window`, before the rungs are given up
/// @param restartWindow how long a restart counts
public record WorkerConfig(
    @Setting(
            value = "A worker that is not ready by then is killed and started again.",
            byDefault = "15s")
        Duration startTimeout,
    @Setting(
            value =
                "A worker that gets frames and gives nothing for so long is killed and started"
                    + " again.",
            byDefault = "2s")
        Duration stallTimeout,
    @Setting(
            value =
                "How often a worker is started again within restart-window; after that the stream"
                    + " goes on without encoded rungs.",
            byDefault = "5")
        int restarts,
    @Setting(value = "How long a restart counts.", byDefault = "2m") Duration restartWindow) {
  public WorkerConfig {
    requirePositive("start-timeout", startTimeout);
    requirePositive("stall-timeout", stallTimeout);
    requirePositive("restart-window", restartWindow);
    if (restarts < 0 || restarts > 100) {
      throw new IllegalArgumentException("restarts %d (expected: 0..100)".formatted(restarts));
    }
  }

  /// 15 s to load libraries on a busy machine, 2 s of silence, 5 restarts in 2 minutes.
  public static WorkerConfig defaults() {
    return new WorkerConfig(
        Duration.ofSeconds(15), Duration.ofSeconds(2), 5, Duration.ofMinutes(2));
  }

  private static void requirePositive(String name, Duration value) {
    if (value.compareTo(Duration.ofMillis(100)) < 0) {
      throw new IllegalArgumentException(
          "%s %d ms (expected: >= 100 ms)".formatted(name, value.toMillis()));
    }
  }
}
