package nova.control.token;

import java.security.MessageDigest;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import nova.control.audit.Actor;
import nova.control.audit.AuditEntry.Subject;
import nova.control.audit.AuditLog;
import nova.control.channel.Channel;
import nova.control.channel.ChannelId;
import nova.control.channel.ChannelRepository;
import nova.control.database.Database;
import nova.control.database.ListPosition;
import nova.control.error.ConflictingException;
import nova.control.error.InvalidFieldException;
import nova.control.error.TextLimits;
import nova.control.error.TimeLimits;
import nova.control.error.UnknownException;
import nova.control.secret.Secrets;
import nova.core.Bytes;
import nova.core.ChannelSlug;
import org.jdbi.v3.core.Handle;

/// API tokens. Whoever calls waits for the database.
///
/// *Thread-safe.*
public final class Tokens {
  /// No label is longer, in characters.
  public static final int MAX_LABEL = 200;

  private static final int MAX_SECRET = 256; // longer is no token, and not worth hashing

  private final Database database;
  private final TokenRepository tokens;
  private final ChannelRepository channels;
  private final AuditLog audit;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final List<Consumer<Predicate<Token>>> revocations = new CopyOnWriteArrayList<>();

  /// @param random nobody can guess what it gives; used by several threads
  public Tokens(
      Database database,
      TokenRepository tokens,
      ChannelRepository channels,
      AuditLog audit,
      InstantSource clock,
      RandomGenerator random) {
    this.database = database;
    this.tokens = tokens;
    this.channels = channels;
    this.audit = audit;
    this.clock = clock;
    this.random = random;
  }

  /// Makes the first token, which may do everything, when there has never been one.
  public Optional<IssuedToken> createFirst() {
    return database.inTransaction(
        handle -> {
          tokens.lock(handle); // two servers may start at once
          TokenTerms everything =
              new TokenTerms(Scope.ADMIN, "first token", Optional.empty(), Optional.empty());
          return tokens.isEmpty(handle)
              ? Optional.of(create(handle, everything, Actor.SYSTEM))
              : Optional.empty();
        });
  }

  /// Makes a token.
  ///
  /// @throws InvalidFieldException when the terms cannot be
  /// @throws UnknownException when there is no such channel
  public IssuedToken create(TokenTerms terms, Actor actor) {
    return database.inTransaction(handle -> create(handle, terms, actor));
  }

  /// The token of a secret, also one that expired or was revoked. One that works is noted as used.
  public Optional<Token> ofSecret(String secret) {
    if (!mayBe(secret)) {
      return Optional.empty();
    }
    Bytes sha256 = Secrets.sha256(secret);
    Instant now = clock.instant();
    return database.inTransaction(
        handle -> {
          Optional<Token> found =
              tokens
                  .find(handle, sha256)
                  .filter(stored -> equal(stored.sha256(), sha256))
                  .map(TokenRepository.Stored::token);
          found
              .filter(token -> token.isValidAt(now))
              .ifPresent(token -> tokens.used(handle, token, now));
          return found;
        });
  }

  /// Whether a text may be a token; others need not be looked up.
  public static boolean mayBe(String secret) {
    return !secret.isEmpty() && secret.length() <= MAX_SECRET;
  }

  /// Tells whenever tokens were taken back here, before whoever does it goes on.
  ///
  /// @param listener of which tokens they are
  public void onRevocation(Consumer<Predicate<Token>> listener) {
    revocations.add(listener);
  }

  /// A channel is about to be removed with its tokens in this transaction.
  ///
  /// @return to be run when it has been, or may have been
  public Runnable forgetting(Handle handle, ChannelId channel) {
    Optional<ChannelSlug> gone = channels.find(handle, channel).map(Channel::slug);
    return () -> tell(token -> token.channel().isPresent() && token.channel().equals(gone));
  }

  private void tell(Predicate<Token> takenBack) {
    revocations.forEach(listener -> listener.accept(takenBack));
  }

  /// A token.
  ///
  /// @throws UnknownException when there is none
  public Token find(TokenId id) {
    return database.inTransaction(handle -> find(handle, id));
  }

  /// The oldest first, also those that do not work any more.
  ///
  /// @param after where the page before ended, or the first page
  public List<Token> list(Optional<ListPosition<TokenId>> after, int limit) {
    return database.inTransaction(handle -> tokens.list(handle, after, limit));
  }

  /// Takes a token back for good. Idempotent.
  ///
  /// Another one that may do everything must be left, be it one that expires a moment later: who
  /// can read the server's data folder gets in without a token anyway, and makes the next.
  ///
  /// @throws ConflictingException when it is the last one that may do everything
  /// @throws UnknownException when there is none
  public Token revoke(TokenId id, Actor actor) {
    Instant now = clock.instant();
    Token revoked =
        database.inTransaction(
            handle -> {
              // Two that revoke the last two admins at once must not both see another one.
              tokens.lock(handle);
              Token token = find(handle, id);
              if (token.scope() == Scope.ADMIN
                  && token.isValidAt(now)
                  && tokens.admins(handle, now) == 1) {
                throw new ConflictingException(
                    "last-admin-token",
                    "Token %s is the last that may do everything; create another one first."
                        .formatted(id));
              }
              if (tokens.revoke(handle, id, now)) {
                audit(handle, actor, "token-revoked", token);
              }
              return find(handle, id);
            });
    tell(token -> token.id().equals(id));
    return revoked;
  }

  private IssuedToken create(Handle handle, TokenTerms terms, Actor actor) {
    TextLimits.require("label", terms.label(), MAX_LABEL);
    Instant now = clock.instant();
    TimeLimits.requireToCome("expiresAt", terms.expiresAt(), now);
    if (terms.scope() == Scope.ADMIN && terms.channel().isPresent()) {
      throw new InvalidFieldException(
          "channel", "A token of scope admin is for all channels (expected: no channel).");
    }
    Optional<Channel> channel =
        terms
            .channel()
            .map(
                slug ->
                    channels
                        .lock(handle, slug)
                        .orElseThrow(() -> new UnknownException("channel", slug.value())));
    TokenSecret secret = TokenSecret.random(random);
    Token token =
        new Token(
            TokenId.random(),
            terms.scope(),
            terms.label(),
            terms.channel(),
            now,
            terms.expiresAt(),
            Optional.empty(),
            Optional.empty());
    tokens.insert(handle, token, Secrets.sha256(secret.value()), channel.map(Channel::id));
    audit(handle, actor, "token-created", token);
    return new IssuedToken(find(handle, token.id()), secret);
  }

  private Token find(Handle handle, TokenId id) {
    return tokens.find(handle, id).orElseThrow(() -> new UnknownException("token", id.toString()));
  }

  private void audit(Handle handle, Actor actor, String action, Token token) {
    audit.append(
        handle,
        clock.instant(),
        actor,
        action,
        new Subject("token", token.id().toString()),
        details(token));
  }

  private static Map<String, Object> details(Token token) {
    Map<String, Object> details = new TreeMap<>();
    details.put("scope", token.scope().label());
    details.put("label", token.label());
    token.channel().ifPresent(channel -> details.put("channel", channel.value()));
    token.expiresAt().ifPresent(at -> details.put("expiresAt", at.toString()));
    return details;
  }

  private static boolean equal(Bytes kept, Bytes shown) {
    return MessageDigest.isEqual(kept.toByteArray(), shown.toByteArray());
  }
}
