package nova.control.channel;

import java.util.Optional;

/// What is to be different about a channel; what is not named stays.
///
/// *Immutable.*
public record ChannelChange(
    Optional<String> title,
    Optional<String> broadcasterId,
    Optional<Boolean> listed,
    Optional<PlaybackPolicy> playback) {
  /// Nothing.
  public static final ChannelChange NONE =
      new ChannelChange(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
}
