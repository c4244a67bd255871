package nova.api.http;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import nova.control.audit.Actor;
import nova.control.token.Scope;
import nova.control.token.Token;
import nova.control.token.TokenId;
import nova.core.ChannelSlug;

/// Tokens that are known by their secrets alone.
public final class TestTokens implements Authenticator {
  private final Map<String, Token> bySecret = new ConcurrentHashMap<>();

  /// Adds a token.
  ///
  /// @return the header that shows it
  public String add(String secret, Scope scope) {
    return add(secret, scope, Optional.empty());
  }

  /// Adds a token of one channel.
  ///
  /// @return the header that shows it
  public String add(String secret, Scope scope, ChannelSlug channel) {
    return add(secret, scope, Optional.of(channel));
  }

  private String add(String secret, Scope scope, Optional<ChannelSlug> channel) {
    bySecret.put(
        secret,
        new Token(
            TokenId.random(),
            scope,
            secret,
            channel,
            Instant.EPOCH,
            Optional.empty(),
            Optional.empty(),
            Optional.empty()));
    return "Bearer " + secret;
  }

  @Override
  public Optional<Caller> authenticate(String secret, String address) {
    return Optional.ofNullable(bySecret.get(secret))
        .map(
            token ->
                new Caller(
                    token,
                    new Actor(Actor.Kind.TOKEN, token.id().toString(), token.label(), address)));
  }
}
