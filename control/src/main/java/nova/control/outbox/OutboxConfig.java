package nova.control.outbox;

import java.time.Duration;
import nova.core.Setting;

/// Settings of what is kept of the events of streams.
///
/// *Immutable.*
public record OutboxConfig(
    @Setting(
            value = "How long events of streams are kept for whoever is told of them later.",
            byDefault = "7d")
        Duration keep) {
  private static final Duration LONGEST = Duration.ofDays(3_650);

  public OutboxConfig {
    if (keep.compareTo(Duration.ofHours(1)) < 0 || keep.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "keep %s (expected: 1h..%dd)".formatted(keep, LONGEST.toDays()));
    }
  }

  /// A week.
  public static OutboxConfig defaults() {
    return new OutboxConfig(Duration.ofDays(7));
  }
}
