package nova.control.playback;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import nova.control.audit.Actor;
import nova.control.audit.AuditLog;
import nova.control.channel.ChannelChange;
import nova.control.channel.ChannelRepository;
import nova.control.channel.Channels;
import nova.control.channel.PlaybackPolicy;
import nova.control.database.TestDatabase;
import nova.control.token.IssuedToken;
import nova.control.token.Scope;
import nova.control.token.TokenRepository;
import nova.control.token.TokenTerms;
import nova.control.token.Tokens;
import nova.core.ChannelSlug;
import nova.testkit.FakeClock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Channels and tokens of a real database, as viewers meet them.
class PlaybackRightsTest {
  @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

  private static final ChannelSlug SHOW = new ChannelSlug("show");
  private static final ChannelSlug OTHER = new ChannelSlug("other");

  private static final String VIEWER = "192.0.2.7";

  private final FakeClock clock = new FakeClock();
  private final Tokens tokens = tokens();
  private final Channels channels = channels(tokens);
  private final PlaybackRights rights =
      PlaybackRights.open(channels.directory(), tokens, 3, clock, clock::nanoTime, Runnable::run);

  @BeforeEach
  void empty() {
    DATABASE.useTransaction(
        handle -> {
          int _ = handle.execute("DELETE FROM tokens");
          int _ = handle.execute("DELETE FROM channels");
        });
    channels.create(SHOW, playback(PlaybackPolicy.TOKEN), Actor.SYSTEM);
    channels.create(OTHER, playback(PlaybackPolicy.TOKEN), Actor.SYSTEM);
  }

  @Test
  void policy_isThatOfTheChannel_asSoonAsItChanges() {
    assertThat(rights.policyOf(SHOW)).contains(PlaybackPolicy.TOKEN);
    channels.update(SHOW, playback(PlaybackPolicy.PUBLIC), Optional.empty(), Actor.SYSTEM);
    assertThat(rights.policyOf(SHOW)).contains(PlaybackPolicy.PUBLIC);
    channels.delete(SHOW, Optional.empty(), Actor.SYSTEM);
    assertThat(rights.policyOf(SHOW)).isEmpty();
  }

  @Test
  void policy_changedByAnotherServer_isSeenWhenChannelsAreRefreshed() {
    channels(tokens())
        .update(SHOW, playback(PlaybackPolicy.PUBLIC), Optional.empty(), Actor.SYSTEM);
    assertThat(rights.policyOf(SHOW)).contains(PlaybackPolicy.TOKEN);
    channels.directory().refresh();
    assertThat(rights.policyOf(SHOW)).contains(PlaybackPolicy.PUBLIC);
  }

  @Test
  void token_opensWhatItIsFor() {
    String everything = create(Scope.VIEWER, Optional.empty(), Optional.empty());
    String oneChannel = create(Scope.VIEWER, Optional.of(SHOW), Optional.empty());
    String operator = create(Scope.OPERATOR, Optional.of(OTHER), Optional.empty());
    String admin = create(Scope.ADMIN, Optional.empty(), Optional.empty());

    assertThat(mayWatch(SHOW, everything)).isTrue();
    assertThat(mayWatch(OTHER, everything)).isTrue();
    assertThat(mayWatch(SHOW, oneChannel)).isTrue();
    assertThat(mayWatch(OTHER, oneChannel)).isFalse();
    assertThat(mayWatch(SHOW, operator)).isFalse();
    assertThat(mayWatch(OTHER, operator)).isTrue();
    assertThat(mayWatch(SHOW, admin)).isTrue();
  }

  @Test
  void otherTexts_openNothing() {
    String secret = create(Scope.VIEWER, Optional.empty(), Optional.empty());
    for (String text :
        new String[] {"", " ", secret + "a", secret.toUpperCase(Locale.ROOT), "a".repeat(4_000)}) {
      assertThat(mayWatch(SHOW, text)).isFalse();
    }
  }

  @Test
  void madeUpTokens_ofAnAddress_areNotAllLookedUp_andKnownTokensOfItGoOn() {
    String seen = create(Scope.VIEWER, Optional.empty(), Optional.empty());
    String unseen = create(Scope.VIEWER, Optional.empty(), Optional.empty());
    assertThat(mayWatch(SHOW, seen)).isTrue();
    for (int i = 0; i < 3; i++) {
      assertThat(mayWatch(SHOW, "nova_made_up_" + i)).isFalse();
    }

    assertThat(rights.tokenOf("nova_made_up_3", VIEWER).toCompletableFuture())
        .isCompletedExceptionally();
    assertThat(rights.mayWatch(SHOW, unseen, VIEWER).toCompletableFuture())
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .havingCause()
        .isInstanceOfSatisfying(
            TooManyWrongTokensException.class,
            e -> assertThat(e.waiting()).isEqualTo(Duration.ofSeconds(20)));
    assertThat(mayWatch(SHOW, seen)).isTrue();
    assertThat(rights.mayWatch(SHOW, unseen, "192.0.2.8").toCompletableFuture())
        .as("another address")
        .isCompletedWithValue(true);
    clock.advance(Duration.ofSeconds(20));
    assertThat(mayWatch(SHOW, create(Scope.VIEWER, Optional.empty(), Optional.empty()))).isTrue();
  }

  @Test
  void tokenThatIsOver_isNotMadeUp() {
    String old = create(Scope.VIEWER, Optional.empty(), Optional.of(Duration.ofSeconds(1)));
    clock.advance(Duration.ofSeconds(1));
    for (int i = 0; i < 5; i++) {
      assertThat(mayWatch(SHOW, old)).isFalse();
      clock.advance(Duration.ofSeconds(11)); // it is looked up each time
    }
    assertThat(mayWatch(SHOW, create(Scope.VIEWER, Optional.empty(), Optional.empty()))).isTrue();
  }

  @Test
  void tokenThatExpires_opensNothingFromThenOn_thoughItIsKnown() {
    String secret = create(Scope.VIEWER, Optional.empty(), Optional.of(Duration.ofMillis(1_500)));
    assertThat(mayWatch(SHOW, secret)).isTrue();
    clock.advance(Duration.ofMillis(1_500));
    assertThat(mayWatch(SHOW, secret)).isFalse();
  }

  @Test
  void tokenTakenBackHere_opensNothingFromThenOn() {
    IssuedToken issued = tokens.create(terms(Scope.VIEWER), Actor.SYSTEM);
    assertThat(mayWatch(SHOW, issued.secret().value())).isTrue();
    tokens.revoke(issued.token().id(), Actor.SYSTEM);
    assertThat(mayWatch(SHOW, issued.secret().value())).isFalse();
  }

  @Test
  void tokenOfAChannelThatIsRemoved_opensNotTheNextOneOfThatName() {
    String ofIt = create(Scope.VIEWER, Optional.of(SHOW), Optional.empty());
    String ofOther = create(Scope.VIEWER, Optional.of(OTHER), Optional.empty());
    String ofAll = create(Scope.VIEWER, Optional.empty(), Optional.empty());
    assertThat(mayWatch(SHOW, ofIt)).isTrue();
    assertThat(mayWatch(OTHER, ofOther)).isTrue();
    assertThat(mayWatch(SHOW, ofAll)).isTrue();

    channels.delete(SHOW, Optional.empty(), Actor.SYSTEM);
    channels.create(SHOW, playback(PlaybackPolicy.TOKEN), Actor.SYSTEM);

    assertThat(mayWatch(SHOW, ofIt)).isFalse();
    assertThat(mayWatch(OTHER, ofOther)).isTrue();
    assertThat(mayWatch(SHOW, ofAll)).isTrue();
  }

  @Test
  void tokenTakenBackByAnotherServer_opensNothingAfterTenSeconds() {
    IssuedToken issued = tokens.create(terms(Scope.VIEWER), Actor.SYSTEM);
    assertThat(mayWatch(SHOW, issued.secret().value())).isTrue();
    tokens().revoke(issued.token().id(), Actor.SYSTEM);
    clock.advance(Duration.ofSeconds(10));
    assertThat(mayWatch(SHOW, issued.secret().value())).isFalse();
  }

  private boolean mayWatch(ChannelSlug channel, String secret) {
    CompletionStage<Boolean> answer = rights.mayWatch(channel, secret, VIEWER);
    return answer.toCompletableFuture().join();
  }

  private String create(Scope scope, Optional<ChannelSlug> channel, Optional<Duration> lifetime) {
    return tokens
        .create(
            new TokenTerms(scope, "", channel, lifetime.map(clock.instant()::plus)), Actor.SYSTEM)
        .secret()
        .value();
  }

  private static TokenTerms terms(Scope scope) {
    return new TokenTerms(scope, "", Optional.empty(), Optional.empty());
  }

  private static ChannelChange playback(PlaybackPolicy policy) {
    return new ChannelChange(
        Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(policy));
  }

  /// As another server has them.
  private Channels channels(Tokens forgotten) {
    return new Channels(
        DATABASE.database(),
        new ChannelRepository(),
        new AuditLog(DATABASE.database()),
        forgotten::forgetting,
        clock);
  }

  private Tokens tokens() {
    return new Tokens(
        DATABASE.database(),
        new TokenRepository(),
        new ChannelRepository(),
        new AuditLog(DATABASE.database()),
        clock,
        new SecureRandom());
  }
}
