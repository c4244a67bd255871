package nova.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import nova.control.audit.Actor;
import nova.control.channel.ChannelChange;
import nova.control.channel.PlaybackPolicy;
import nova.control.database.Database;
import nova.control.database.DatabaseConfig;
import nova.control.database.DatabaseStartException;
import nova.control.database.TestDatabase;
import nova.control.token.IssuedToken;
import nova.control.token.Scope;
import nova.control.token.TokenTerms;
import nova.core.ChannelSlug;
import nova.testkit.FakeClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ControlViewTest {
  private static final ChannelSlug SHOW = new ChannelSlug("show");
  private static final ChannelSlug LATER = new ChannelSlug("later");

  @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

  private final FakeClock clock = new FakeClock();

  @Test
  void view_knowsWhoMayWatchWhat_andWhatOthersChange() throws Exception {
    DatabaseConfig config = DATABASE.createEmpty();
    try (Database database = Database.open(config);
        TestServer server = TestServer.on(database, clock)) {
      ChannelChange forHolders =
          new ChannelChange(
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              Optional.of(PlaybackPolicy.TOKEN));
      var _ = server.channels().create(SHOW, forHolders, Actor.SYSTEM);
      IssuedToken token =
          server
              .tokens()
              .create(
                  new TokenTerms(Scope.VIEWER, "", Optional.of(SHOW), Optional.empty()),
                  Actor.SYSTEM);
      long entries = server.count("audit");
      try (ControlView view = open(config)) {
        assertThat(view.databaseAnswers()).isTrue();
        assertThat(view.currentLevels().enabled()).hasSize(3);
        assertThat(view.rights().policyOf(SHOW)).contains(PlaybackPolicy.TOKEN);
        assertThat(watches(view, SHOW, token.secret().value())).isTrue();
        assertThat(watches(view, LATER, token.secret().value())).isFalse();
        assertThat(watches(view, SHOW, "somebody")).isFalse();
        assertThat(server.tokens().find(token.token().id()).lastUsedAt()).isPresent();
        assertThat(server.count("audit")).isEqualTo(entries);

        var _ = server.channel(LATER);
        await()
            .atMost(Duration.ofSeconds(30))
            .until(() -> view.rights().policyOf(LATER).isPresent());
      }
    }
  }

  @Test
  void databaseThatIsNotMigrated_isNotOpened() {
    assertThatThrownBy(() -> open(DATABASE.createEmpty()).close())
        .isInstanceOf(DatabaseStartException.class)
        .hasMessageContaining("run `nova migrate` once");
  }

  @Test
  void databaseThatCannotBeUsed_isOneSentence_thatNamesTheSetting() {
    DatabaseConfig there = DATABASE.config();
    String url = there.url();
    String nobody = url.replaceFirst(":[0-9]+/", ":%d/".formatted(1));
    String nowhere = url.replaceFirst("//[^/]*/", "//nowhere.invalid/");
    String other = url.substring(0, url.lastIndexOf('/')) + "/another";
    for (DatabaseConfig config :
        List.of(
            at(there, nobody, there.user(), there.password()),
            at(there, nowhere, there.user(), there.password()),
            at(there, other, there.user(), there.password()),
            at(there, url, there.user(), "wrong"),
            DATABASE.createEmpty())) {
      assertThatThrownBy(() -> open(config).close())
          .isInstanceOf(DatabaseStartException.class)
          .hasMessageStartingWith("database.url %s ".formatted(config))
          .message()
          .doesNotContain("\n");
    }
  }

  @Test
  void userWithoutRights_isOneSentence_thatNamesTheSetting() {
    DatabaseConfig there = DATABASE.config();
    String user = "stranger" + UUID.randomUUID().toString().replace("-", "");
    DATABASE.useTransaction(
        handle -> handle.execute("CREATE ROLE %s LOGIN PASSWORD 'strange'".formatted(user)));
    DatabaseConfig strange = at(there, there.url(), user, "strange");
    assertThatThrownBy(() -> open(strange).close())
        .isInstanceOf(DatabaseStartException.class)
        .hasMessageContainingAll("permission denied for table", "database.user")
        .message()
        .doesNotContain("\n");

    DATABASE.useTransaction(
        handle -> handle.execute("GRANT SELECT ON flyway_schema_history TO " + user));
    assertThatThrownBy(() -> open(strange).close())
        .isInstanceOf(DatabaseStartException.class)
        .hasMessageContainingAll("permission denied for table", "database.user");
    DATABASE.useTransaction(
        handle -> handle.execute("DROP OWNED BY %1$s; DROP ROLE %1$s".formatted(user)));
  }

  private static DatabaseConfig at(DatabaseConfig like, String url, String user, String password) {
    return new DatabaseConfig(url, user, password, 1, like.patience());
  }

  private static boolean watches(ControlView view, ChannelSlug channel, String secret)
      throws Exception {
    return view.rights()
        .mayWatch(channel, secret, "192.0.2.9")
        .toCompletableFuture()
        .get(20, TimeUnit.SECONDS);
  }

  private ControlView open(DatabaseConfig config) {
    return ControlView.open(
        config,
        30,
        new ControlView.Ports(
            clock,
            clock::nanoTime,
            new SecureRandom(),
            Thread.ofVirtual().factory(),
            Thread::startVirtualThread));
  }
}
