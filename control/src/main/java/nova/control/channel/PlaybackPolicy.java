package nova.control.channel;

import java.util.Locale;

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

  static PlaybackPolicy of(String label) {
    return valueOf(label.toUpperCase(Locale.ROOT));
  }
}
