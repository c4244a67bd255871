package nova.api.token;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import nova.api.http.Times;
import nova.control.token.Token;
import nova.core.ChannelSlug;
import org.jspecify.annotations.Nullable;

/// The JSON of a token. What there is not is left out.
///
/// *Immutable.*
///
/// @param channel the only one it is for
/// @param state active, expired or revoked
/// @param secret only in the answer that made the token
@JsonInclude(JsonInclude.Include.NON_NULL)
record TokenView(
    String id,
    String scope,
    String label,
    @Nullable String channel,
    String state,
    String createdAt,
    @Nullable String expiresAt,
    @Nullable String revokedAt,
    @Nullable String lastUsedAt,
    @Nullable String secret) {
  static TokenView of(Token token, Instant now, @Nullable String secret) {
    return new TokenView(
        token.id().toString(),
        token.scope().label(),
        token.label(),
        token.channel().map(ChannelSlug::value).orElse(null),
        state(token, now),
        Times.text(token.createdAt()),
        Times.textOrNull(token.expiresAt()),
        Times.textOrNull(token.revokedAt()),
        Times.textOrNull(token.lastUsedAt()),
        secret);
  }

  private static String state(Token token, Instant now) {
    if (token.revokedAt().isPresent()) {
      return "revoked";
    }
    return token.isValidAt(now) ? "active" : "expired";
  }

  /// Without the secret.
  @Override
  public String toString() {
    return "TokenView[%s]".formatted(id);
  }
}
