package nova.control.playback;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import nova.control.audit.Actor;
import nova.control.audit.AuditLog;
import nova.control.channel.ChannelChange;
import nova.control.channel.ChannelRepository;
import nova.control.channel.Channels;
import nova.control.channel.PlaybackPolicy;
import nova.control.database.Database;
import nova.control.database.DatabaseAwayException;
import nova.control.database.EmbeddedPostgres;
import nova.control.token.Scope;
import nova.control.token.TokenRepository;
import nova.control.token.TokenTerms;
import nova.control.token.Tokens;
import nova.core.ChannelSlug;
import nova.testkit.FakeClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A database that is stopped under those who watch.
class DatabaseAwayIT {
  private static final ChannelSlug SHOW = new ChannelSlug("show");
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private static final ChannelChange FOR_TOKENS =
      new ChannelChange(
          Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(PlaybackPolicy.TOKEN));

  @TempDir private Path data;

  private final FakeClock clock = new FakeClock();

  @Test
  void whatWasKnown_goesOn_andWhatWasNot_isAskedToComeAgain() {
    Database stopped;
    PlaybackRights rights;
    String known;
    String unknown;
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(data)) {
      stopped = Database.open(postgres.config(2, PATIENCE));
      AuditLog audit = new AuditLog(stopped);
      ChannelRepository repository = new ChannelRepository();
      Channels channels = new Channels(stopped, repository, audit, (_, _) -> () -> {}, clock);
      Tokens tokens =
          new Tokens(stopped, new TokenRepository(), repository, audit, clock, new SecureRandom());
      rights =
          PlaybackRights.open(
              channels.directory(), tokens, 20, clock, clock::nanoTime, Runnable::run);
      var _ = channels.create(SHOW, FOR_TOKENS, Actor.SYSTEM);
      known = create(tokens);
      unknown = create(tokens);
      assertThat(mayWatch(rights, known)).isCompletedWithValue(true);
    }
    try (stopped) {
      clock.advance(Duration.ofMinutes(5));
      assertThat(rights.policyOf(SHOW)).contains(PlaybackPolicy.TOKEN);
      assertThat(mayWatch(rights, known)).isCompletedWithValue(true);
      assertThat(mayWatch(rights, unknown))
          .isCompletedExceptionally()
          .failsWithin(Duration.ZERO)
          .withThrowableThat()
          .withCauseInstanceOf(DatabaseAwayException.class);
    }
  }

  private static String create(Tokens tokens) {
    return tokens
        .create(new TokenTerms(Scope.VIEWER, "", Optional.of(SHOW), Optional.empty()), Actor.SYSTEM)
        .secret()
        .value();
  }

  private static CompletableFuture<Boolean> mayWatch(PlaybackRights rights, String secret) {
    return rights.mayWatch(SHOW, secret, "192.0.2.7").toCompletableFuture();
  }
}
