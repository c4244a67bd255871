package nova.control.channel;

import java.util.UUID;

/// Names a channel for ever, whatever its slug becomes.
///
/// *Immutable.*
public record ChannelId(UUID value) {
  /// A new one.
  public static ChannelId random() {
    return new ChannelId(UUID.randomUUID());
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
