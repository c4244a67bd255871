package nova.api.token;

import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import nova.api.http.Authenticator;
import nova.api.http.Caller;
import nova.control.audit.Actor;
import nova.control.database.DatabaseAwayException;
import nova.control.token.Token;

/// Knows the tokens that the database keeps, and while it is away those that were shown lately.
///
/// *Thread-safe.*
public final class TokenAuthenticator implements Authenticator {
  private final Function<String, CompletionStage<Optional<Token>>> tokens;

  /// @param tokens the token of a secret, when it opens anything now
  public TokenAuthenticator(Function<String, CompletionStage<Optional<Token>>> tokens) {
    this.tokens = tokens;
  }

  @Override
  public Optional<Caller> authenticate(String secret, String address) {
    return find(secret)
        .map(
            token ->
                new Caller(
                    token,
                    new Actor(Actor.Kind.TOKEN, token.id().toString(), token.label(), address)));
  }

  private Optional<Token> find(String secret) {
    try {
      return tokens.apply(secret).toCompletableFuture().join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof DatabaseAwayException away) {
        throw away;
      }
      throw e;
    }
  }
}
