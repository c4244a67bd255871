package nova.api.token;

import java.util.Optional;
import nova.api.http.Authenticator;
import nova.api.http.Caller;
import nova.control.audit.Actor;
import nova.control.token.Tokens;

/// Knows the tokens that the database keeps.
///
/// *Thread-safe.*
public final class TokenAuthenticator implements Authenticator {
  private final Tokens tokens;

  public TokenAuthenticator(Tokens tokens) {
    this.tokens = tokens;
  }

  @Override
  public Optional<Caller> authenticate(String secret, String address) {
    return tokens
        .authenticate(secret)
        .map(
            token ->
                new Caller(
                    token,
                    new Actor(Actor.Kind.TOKEN, token.id().toString(), token.label(), address)));
  }
}
