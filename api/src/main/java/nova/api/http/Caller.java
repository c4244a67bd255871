package nova.api.http;

import nova.control.audit.Actor;
import nova.control.token.Token;
import nova.core.ChannelSlug;

/// Who sent a request.
///
/// *Immutable.*
///
/// @param token that was shown
/// @param actor as whom what they do is audited
public record Caller(Token token, Actor actor) {
  /// Whether things of a channel exist for them.
  public boolean sees(ChannelSlug channel) {
    return token.channel().map(channel::equals).orElse(true);
  }
}
