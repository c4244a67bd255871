package nova.control.token;

import java.time.Instant;
import java.util.Optional;
import nova.core.ChannelSlug;

/// What an operator says about a new token.
///
/// *Immutable.*
///
/// @param label for people; may be empty
/// @param channel the only one whose things it is to open, or all
public record TokenTerms(
    Scope scope, String label, Optional<ChannelSlug> channel, Optional<Instant> expiresAt) {}
