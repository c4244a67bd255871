package nova.app.local;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Optional;
import nova.api.http.Authenticator;
import nova.api.http.Caller;
import nova.control.audit.Actor;
import nova.control.token.Scope;
import nova.control.token.Token;
import nova.control.token.TokenId;
import nova.control.token.TokenSecret;

/// Knows the token that only this run of the server has, and leaves all others to somebody else.
///
/// *Thread-safe.*
public final class LocalAuthenticator implements Authenticator {
  private static final String LABEL = "this machine";

  private final byte[] secret;
  private final Token token;
  private final Authenticator others;

  public LocalAuthenticator(TokenSecret secret, Instant now, Authenticator others) {
    this.secret = secret.value().getBytes(StandardCharsets.UTF_8);
    this.token =
        new Token(
            TokenId.random(),
            Scope.ADMIN,
            LABEL,
            Optional.empty(),
            now,
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    this.others = others;
  }

  @Override
  public Optional<Caller> authenticate(String shown, String address) {
    return MessageDigest.isEqual(secret, shown.getBytes(StandardCharsets.UTF_8))
        ? Optional.of(new Caller(token, new Actor(Actor.Kind.LOCAL, "", LABEL, address)))
        : others.authenticate(shown, address);
  }
}
