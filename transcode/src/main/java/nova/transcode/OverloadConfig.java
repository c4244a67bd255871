package nova.transcode;

import java.time.Duration;
import nova.core.Setting;

/// Settings of what is done when encoding does not keep up with a broadcast.
///
/// *Immutable.*
///
/// @param lag from a frame's arrival to the rungs' frame made of it
/// @param patience how long encoding must be late before less is done
/// @param recovery how long encoding must be at ease before more is done again
/// @param busyPercent of the time that the slowest part of a worker may work to be at ease
public record OverloadConfig(
    @Setting(
            value =
                "Encoding is late when a rung's frame comes so long after its source's; then less"
                    + " is done, in steps: a cheaper preset, half the frame rate, fewer rungs, no"
                    + " further transcodes.",
            byDefault = "1s")
        Duration lag,
    @Setting(value = "How long encoding must be late before the next step.", byDefault = "3s")
        Duration patience,
    @Setting(
            value =
                "How long encoding must be at ease before a step is taken back; twice as long each"
                    + " time that it turned out to be too early.",
            byDefault = "30s")
        Duration recovery,
    @Setting(
            value =
                "Encoding is at ease when the slowest part of its worker works no more than this"
                    + " share of the time, in percent.",
            byDefault = "55")
        int busyPercent) {
  private static final Duration SHORTEST = Duration.ofMillis(100);
  private static final Duration LONGEST = Duration.ofHours(1);

  public OverloadConfig {
    requireSensible("lag", lag);
    requireSensible("patience", patience);
    requireSensible("recovery", recovery);
    if (busyPercent < 1 || busyPercent > 95) {
      throw new IllegalArgumentException(
          "busy-percent %d (expected: 1..95)".formatted(busyPercent));
    }
  }

  /// A second of lag for three seconds; back after half a minute at ease.
  public static OverloadConfig defaults() {
    return new OverloadConfig(
        Duration.ofSeconds(1), Duration.ofSeconds(3), Duration.ofSeconds(30), 55);
  }

  private static void requireSensible(String name, Duration value) {
    if (value.compareTo(SHORTEST) < 0 || value.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "%s %d ms (expected: 100 ms to 1 h)".formatted(name, value.toMillis()));
    }
  }
}
