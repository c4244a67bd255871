package nova.core;

/// The durable public name of a channel, as it appears in `/watch/{channel}`.
///
/// *Immutable.*
///
/// @param value 1..64 characters of `a-z`, `0-9`, and after the first `-` and `_`
public record ChannelSlug(String value) {
  public ChannelSlug {
    if (!isValid(value)) {
      throw new IllegalArgumentException(
          "channel name '%s' (expected: 1 to 64 characters of a-z, 0-9, - and _)".formatted(value));
    }
  }

  /// Whether `text` is a well-formed channel name; for text that came from a peer.
  public static boolean isValid(String text) {
    return Names.matches(text, 1, 64, true);
  }

  @Override
  public String toString() {
    return value;
  }
}
