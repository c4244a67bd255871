package nova.api.token;

import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import nova.api.http.Authenticator;
import nova.api.http.Caller;
import nova.control.audit.Actor;
import nova.control.database.DatabaseAwayException;
import nova.control.playback.TooManyLookupsException;
import nova.control.playback.TooManyWrongTokensException;
import nova.control.token.Token;

/// Knows the tokens that the database keeps, and while it is away those that were shown lately.
///
/// *Thread-safe.*
public final class TokenAuthenticator implements Authenticator {
  private final BiFunction<String, String, CompletionStage<Optional<Token>>> tokens;

  /// @param tokens the token of a secret that an address showed, when it opens anything now
  public TokenAuthenticator(BiFunction<String, String, CompletionStage<Optional<Token>>> tokens) {
    this.tokens = tokens;
  }

  @Override
  public Optional<Caller> authenticate(String secret, String address) {
    return find(secret, address)
        .map(
            token ->
                new Caller(
                    token,
                    new Actor(Actor.Kind.TOKEN, token.id().toString(), token.label(), address)));
  }

  private Optional<Token> find(String secret, String address) {
    try {
      return tokens.apply(secret, address).toCompletableFuture().join();
    } catch (CompletionException e) {
      throw switch (e.getCause()) {
        case DatabaseAwayException away -> away;
        case TooManyWrongTokensException tooMany -> tooMany;
        case TooManyLookupsException tooMany -> tooMany;
        case null, default -> e;
      };
    }
  }
}
