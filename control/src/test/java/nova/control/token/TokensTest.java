package nova.control.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import nova.control.TestServer;
import nova.control.audit.Actor;
import nova.control.audit.AuditEntry;
import nova.control.audit.AuditFilter;
import nova.control.database.ConflictException;
import nova.control.database.ListPosition;
import nova.control.database.TestDatabase;
import nova.control.error.ConflictingException;
import nova.control.error.InvalidFieldException;
import nova.control.error.UnknownException;
import nova.core.ChannelSlug;
import nova.testkit.FakeClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokensTest {
  private static final ChannelSlug SHOW = new ChannelSlug("show");
  private static final ChannelSlug OTHER = new ChannelSlug("other");
  private static final Actor ADA = new Actor(Actor.Kind.LOCAL, "", "Ada", "");

  @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

  private final FakeClock clock = new FakeClock();
  private TestServer here;
  private TestServer there;

  @BeforeEach
  void open() {
    TestServer.empty(DATABASE.database());
    here = TestServer.on(DATABASE.database(), clock);
    there = TestServer.on(DATABASE.database(), clock);
    var _ = here.channel(SHOW);
  }

  @AfterEach
  void close() {
    here.close();
    there.close();
  }

  @Test
  void secret_has160Bits_andIsNowhere_onlyItsHash() {
    IssuedToken issued = create(Scope.OPERATOR);
    String secret = issued.secret().value();
    assertThat(secret).matches("nova_[a-z2-7]{32}");
    assertThat(issued + "" + here.tokens().ofSecret(secret)).doesNotContain(secret);
    var _ = here.tokens().revoke(issued.token().id(), ADA);
    assertThat(
            here.select("SELECT string_agg(tokens::text, ' ') FROM tokens").orElseThrow()
                + here.select("SELECT string_agg(audit::text, ' ') FROM audit").orElseThrow())
        .doesNotContain(secret.substring("nova_".length()));
  }

  @Test
  void token_isThatOfItsSecret_untilItExpiresOrIsRevoked() {
    IssuedToken brief =
        here.tokens()
            .create(
                new TokenTerms(Scope.VIEWER, "Guest", Optional.empty(), Optional.of(in(60))), ADA);
    IssuedToken lasting = create(Scope.OPERATOR);
    assertThat(authenticated(brief)).map(Token::id).contains(brief.token().id());
    assertThat(here.tokens().ofSecret(brief.secret().value() + "x")).isEmpty();
    assertThat(here.tokens().ofSecret("")).isEmpty();
    assertThat(here.tokens().ofSecret("x".repeat(300))).isEmpty();
    clock.advance(Duration.ofMillis(59_999));
    assertThat(authenticated(brief)).isPresent();
    clock.advance(Duration.ofMillis(1));
    assertThat(authenticated(brief)).isEmpty();
    assertThat(authenticated(lasting)).isPresent();
    List<Token> heard = new CopyOnWriteArrayList<>();
    here.tokens()
        .onRevocation(
            takenBack ->
                Stream.of(brief.token(), lasting.token()).filter(takenBack).forEach(heard::add));
    Instant first = clock.instant();
    var _ = here.tokens().revoke(lasting.token().id(), ADA);
    clock.advance(Duration.ofSeconds(1));
    assertThat(here.tokens().revoke(lasting.token().id(), ADA).revokedAt()).contains(first);
    assertThat(authenticated(lasting)).isEmpty();
    assertThat(heard).containsOnly(lasting.token());
    assertThat(here.count("audit WHERE action = 'token-revoked'")).isEqualTo(1);
    assertThatThrownBy(() -> here.tokens().revoke(TokenId.random(), ADA))
        .isInstanceOf(UnknownException.class);
  }

  @Test
  void use_isNotedOnceAMinute() {
    IssuedToken issued = create(Scope.VIEWER);
    Instant first = clock.instant();
    var _ = authenticated(issued);
    clock.advance(Duration.ofSeconds(60));
    var _ = authenticated(issued);
    assertThat(here.tokens().find(issued.token().id()).lastUsedAt()).contains(first);
    clock.advance(Duration.ofSeconds(1));
    var _ = authenticated(issued);
    assertThat(here.tokens().find(issued.token().id()).lastUsedAt()).contains(clock.instant());
  }

  @ParameterizedTest
  @CsvSource({
    "ADMIN, ADMIN, true", "ADMIN, OPERATOR, true", "ADMIN, VIEWER, true",
    "OPERATOR, ADMIN, false", "OPERATOR, OPERATOR, true", "OPERATOR, VIEWER, true",
    "VIEWER, ADMIN, false", "VIEWER, OPERATOR, false", "VIEWER, VIEWER, true",
  })
  void scope_includesThoseBeforeIt(Scope has, Scope needed, boolean allowed) {
    assertThat(has.includes(needed)).isEqualTo(allowed);
    assertThat(create(has).token().allows(needed, OTHER)).isEqualTo(allowed);
  }

  @Test
  void audit_tellsWhatATokenIsFor_andUntilWhen() {
    var _ =
        here.tokens()
            .create(
                new TokenTerms(Scope.VIEWER, "Guest", Optional.of(SHOW), Optional.of(in(60))), ADA);
    AuditEntry limited = here.audit().list(AuditFilter.ALL, OptionalLong.empty(), 1).getFirst();
    assertThat(limited.action()).isEqualTo("token-created");
    assertThat(limited.details())
        .isEqualTo(
            Map.of(
                "scope", "viewer",
                "label", "Guest",
                "channel", "show",
                "expiresAt", in(60).toString()));
    var _ = create(Scope.ADMIN);
    assertThat(here.audit().list(AuditFilter.ALL, OptionalLong.empty(), 1).getFirst().details())
        .isEqualTo(Map.of("scope", "admin", "label", ""));
  }

  @Test
  void tokenOfOneChannel_opensThatOnly_andGoesWithIt() {
    IssuedToken issued =
        here.tokens()
            .create(new TokenTerms(Scope.OPERATOR, "", Optional.of(SHOW), Optional.empty()), ADA);
    Token token = authenticated(issued).orElseThrow();
    assertThat(token.allows(Scope.OPERATOR, SHOW)).isTrue();
    assertThat(token.allows(Scope.VIEWER, OTHER)).isFalse();
    assertThat(token.allows(Scope.ADMIN, SHOW)).isFalse();
    here.channels().delete(SHOW, Optional.empty(), ADA);
    assertThat(authenticated(issued)).isEmpty();
    assertThatThrownBy(() -> here.tokens().find(token.id())).isInstanceOf(UnknownException.class);
  }

  @Test
  void termsThatCannotBe_areRefused() {
    for (TokenTerms wrong :
        List.of(
            new TokenTerms(Scope.ADMIN, "", Optional.of(SHOW), Optional.empty()),
            new TokenTerms(Scope.VIEWER, "x".repeat(201), Optional.empty(), Optional.empty()),
            new TokenTerms(Scope.VIEWER, "a\0b", Optional.empty(), Optional.empty()),
            new TokenTerms(Scope.VIEWER, "", Optional.empty(), Optional.of(clock.instant())),
            new TokenTerms(Scope.VIEWER, "", Optional.empty(), Optional.of(Instant.MAX)))) {
      assertThatThrownBy(() -> here.tokens().create(wrong, ADA))
          .as("%s", wrong)
          .isInstanceOf(InvalidFieldException.class);
    }
    assertThatThrownBy(
            () ->
                here.tokens()
                    .create(
                        new TokenTerms(Scope.VIEWER, "", Optional.of(OTHER), Optional.empty()),
                        ADA))
        .isInstanceOf(UnknownException.class);
    assertThat(here.count("tokens")).isZero();
    assertThatThrownBy(
            () ->
                DATABASE.useTransaction(
                    handle ->
                        handle.execute(
                            """
                            INSERT INTO tokens (id, sha256, scope, channel_id, label, created_at)
                            SELECT id, sha256('x'), 'admin', id, '', now() FROM channels
                            """)))
        .isInstanceOfSatisfying(
            ConflictException.class,
            e -> assertThat(e.constraint()).isEqualTo("tokens_admin_of_all"));
  }

  @Test
  void lastAdmin_isNotRevoked_unlessItOpensNothingAnyMore() {
    IssuedToken brief =
        here.tokens()
            .create(new TokenTerms(Scope.ADMIN, "", Optional.empty(), Optional.of(in(60))), ADA);
    IssuedToken lasting = create(Scope.ADMIN);
    var _ = create(Scope.OPERATOR);
    clock.advance(Duration.ofSeconds(60));
    assertThatThrownBy(() -> here.tokens().revoke(lasting.token().id(), ADA))
        .isInstanceOfSatisfying(
            ConflictingException.class, e -> assertThat(e.reason()).isEqualTo("last-admin-token"));
    assertThat(authenticated(lasting)).isPresent();
    assertThat(here.tokens().revoke(brief.token().id(), ADA).revokedAt()).isPresent();
  }

  @Test
  void lastTwoAdmins_thatAreRevokedAtOnce_leaveOne() throws Exception {
    for (int round = 0; round < 10; round++) {
      TestServer.empty(DATABASE.database());
      TokenId first = create(Scope.ADMIN).token().id();
      TokenId second = create(Scope.ADMIN).token().id();
      List<Boolean> done = together(() -> isRevoked(here, first), () -> isRevoked(there, second));
      assertThat(done).containsExactlyInAnyOrder(true, false);
      assertThat(here.count("tokens WHERE revoked_at IS NULL")).isEqualTo(1);
    }
  }

  @Test
  void firstToken_isMadeOnce_alsoByTwoServersThatStartAtOnce() throws Exception {
    for (int round = 0; round < 10; round++) {
      TestServer.empty(DATABASE.database());
      List<Optional<IssuedToken>> made =
          together(() -> here.tokens().createFirst(), () -> there.tokens().createFirst());
      assertThat(made.stream().flatMap(Optional::stream)).hasSize(1);
      assertThat(here.count("tokens")).isEqualTo(1);
      assertThat(here.tokens().createFirst()).isEmpty();
    }
    clock.advance(Duration.ofSeconds(1));
    IssuedToken other = create(Scope.ADMIN);
    Token first = here.tokens().list(Optional.empty(), 1).getFirst();
    assertThat(first.scope()).isEqualTo(Scope.ADMIN);
    var _ = here.tokens().revoke(first.id(), ADA);
    assertThat(here.tokens().createFirst()).as("there was one").isEmpty();
    assertThat(authenticated(other)).isPresent();
  }

  @Test
  void pages_haveEveryTokenOnce_theOldestFirst() {
    List<TokenId> made = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      made.add(create(Scope.VIEWER).token().id());
    }
    List<TokenId> read = new ArrayList<>();
    Optional<ListPosition<TokenId>> after = Optional.empty();
    List<Token> page = here.tokens().list(after, 3);
    while (!page.isEmpty()) {
      page.forEach(token -> read.add(token.id()));
      after = Optional.of(new ListPosition<>(page.getLast().createdAt(), page.getLast().id()));
      page = here.tokens().list(after, 3);
    }
    assertThat(read).containsExactlyInAnyOrderElementsOf(made);
  }

  private static boolean isRevoked(TestServer by, TokenId id) {
    try {
      return by.tokens().revoke(id, ADA).revokedAt().isPresent();
    } catch (ConflictingException e) {
      return false;
    }
  }

  private static <T> List<T> together(Supplier<T> one, Supplier<T> other) throws Exception {
    List<CompletableFuture<T>> both =
        Stream.of(one, other)
            .map(work -> CompletableFuture.supplyAsync(work, Thread::startVirtualThread))
            .toList();
    return List.of(
        both.getFirst().get(20, TimeUnit.SECONDS), both.getLast().get(20, TimeUnit.SECONDS));
  }

  private IssuedToken create(Scope scope) {
    return here.tokens().create(new TokenTerms(scope, "", Optional.empty(), Optional.empty()), ADA);
  }

  private Optional<Token> authenticated(IssuedToken issued) {
    return here.tokens()
        .ofSecret(issued.secret().value())
        .filter(token -> token.isValidAt(clock.instant()));
  }

  private Instant in(int seconds) {
    return clock.instant().plusSeconds(seconds);
  }
}
