package nova.control.metric;

import java.time.Duration;
import nova.core.Setting;

/// Settings of what is kept of streams' metrics.
///
/// *Immutable.*
///
/// @param keep how long; a day goes when all of it is older
public record MetricsConfig(
    @Setting(
            value = "How long the metrics of streams are kept in the database: 1d to 366d.",
            byDefault = "30d")
        Duration keep) {
  // Whoever reads all days at once, such as a backup, holds a lock on each.
  private static final Duration LONGEST = Duration.ofDays(366);

  public MetricsConfig {
    if (keep.compareTo(Duration.ofDays(1)) < 0 || keep.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "keep %s (expected: 1d..%dd)".formatted(keep, LONGEST.toDays()));
    }
  }

  /// A month.
  public static MetricsConfig defaults() {
    return new MetricsConfig(Duration.ofDays(30));
  }
}
