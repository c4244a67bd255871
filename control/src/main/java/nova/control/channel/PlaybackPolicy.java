package nova.control.channel;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// Who may watch a channel.
public enum PlaybackPolicy {
  /// Everybody.
  PUBLIC,
  /// Whoever has a token for it.
  TOKEN;

  /// As the schema and the API spell it.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The policy that is spelt so, if any.
  public static Optional<PlaybackPolicy> of(String label) {
    return Stream.of(values()).filter(policy -> policy.label().equals(label)).findFirst();
  }
}
