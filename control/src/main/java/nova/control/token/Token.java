package nova.control.token;

import java.time.Instant;
import java.util.Optional;
import nova.core.ChannelSlug;

/// An API token as it is kept: everything but its secret.
///
/// *Immutable.*
///
/// @param label of the operator; may be empty
/// @param channel the only one whose things it opens, or all
/// @param expiresAt when it stops to open anything
/// @param revokedAt when it was taken back
/// @param lastUsedAt to the minute
public record Token(
    TokenId id,
    Scope scope,
    String label,
    Optional<ChannelSlug> channel,
    Instant createdAt,
    Optional<Instant> expiresAt,
    Optional<Instant> revokedAt,
    Optional<Instant> lastUsedAt) {
  /// Whether it opens anything.
  public boolean isValidAt(Instant now) {
    return revokedAt.isEmpty() && expiresAt.map(now::isBefore).orElse(true);
  }

  /// Whether it may do what `needed` names with things of a channel.
  public boolean allows(Scope needed, ChannelSlug of) {
    return scope.includes(needed) && channel.map(of::equals).orElse(true);
  }
}
