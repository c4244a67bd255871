package nova.media.hls;

import java.time.Duration;
import java.util.Optional;

/// What the server can do, and how far from the live edge players should stay. The same in every
/// media playlist of a presentation.
///
/// Spec: rfc8216bis-22 §4.4.3.8 (EXT-X-SERVER-CONTROL). *Immutable.*
///
/// @param canBlockReload whether the server holds requests with `_HLS_msn`
/// @param partHoldBack distance from the live edge when playing parts; at least twice the part
///   target, three times is better
/// @param holdBack distance from the live edge when playing whole segments; at least three target
///   durations
/// @param canSkipUntil the skip boundary of delta updates; at least six target durations
public record ServerControl(
    boolean canBlockReload,
    Optional<Duration> partHoldBack,
    Optional<Duration> holdBack,
    Optional<Duration> canSkipUntil) {
  /// A server that only serves files.
  public static final ServerControl NONE =
      new ServerControl(false, Optional.empty(), Optional.empty(), Optional.empty());

  boolean saysNothing() {
    return equals(NONE);
  }
}
