package nova.control.stream;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import nova.core.ChannelSlug;
import nova.core.StreamState;

/// Which streams are asked for: those that fit everything given.
///
/// *Immutable.*
///
/// @param states any of these; none for all
/// @param since created then or later
/// @param until created before
public record StreamFilter(
    Optional<ChannelSlug> channel,
    Set<StreamState> states,
    Optional<Instant> since,
    Optional<Instant> until) {
  /// All of them.
  public static final StreamFilter ALL =
      new StreamFilter(Optional.empty(), Set.of(), Optional.empty(), Optional.empty());

  public StreamFilter {
    states = Set.copyOf(states);
  }
}
