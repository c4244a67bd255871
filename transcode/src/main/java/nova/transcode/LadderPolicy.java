package nova.transcode;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// Which renditions a stream gets.
public enum LadderPolicy {
  /// The source is the top rung where it is fit for the web, and smaller rungs are encoded.
  AUTO,
  /// Every rung is encoded, whatever the source is like.
  ALL,
  /// Nothing is encoded: the source as it came.
  NONE;

  /// The name in the configuration.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The policy of that name; empty when there is none.
  static Optional<LadderPolicy> of(String label) {
    return Arrays.stream(values()).filter(policy -> policy.label().equals(label)).findFirst();
  }
}
