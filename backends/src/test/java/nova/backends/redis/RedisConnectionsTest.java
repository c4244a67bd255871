package nova.backends.redis;

import static nova.backends.redis.TestConnections.await;
import static nova.backends.redis.TestConnections.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.lettuce.core.AclSetuserArgs;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import nova.cluster.EmbeddedRedis;
import nova.cluster.FreePorts;
import nova.core.Bytes;
import nova.core.DataSize;
import nova.core.StreamId;
import nova.segments.StoreUnavailableException;
import nova.testkit.FakeClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class RedisConnectionsTest {
  private static final String SECRET = "s3cret+/% of all";
  private static final String WRITTEN = "s3cret+%2F%25%20of%20all";

  private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private final Level levelBefore = root.getLevel();
  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();

  @BeforeEach
  void listenToTheLog() {
    logged.start();
    root.addAppender(logged);
  }

  @AfterEach
  void restoreTheLog() {
    root.detachAppender(logged);
    root.setLevel(levelBefore);
  }

  @Test
  void kindsOfKeys_areInDatabasesOfTheirOwn() {
    try (EmbeddedRedis redis = EmbeddedRedis.open();
        RedisConnections connections = TestConnections.open(RedisConfig.at(redis.url()))) {
      for (RedisArea area : RedisArea.values()) {
        RedisLink link = connections.link(area, "test");
        assertThat(link.keys().key("x")).isEqualTo("nova:x");
        assertThat(await(link.commands().set("x", text(area.label())))).isEqualTo("OK");
      }
      for (RedisArea area : RedisArea.values()) {
        assertThat(await(connections.link(area, "test").commands().get("x")))
            .isEqualTo(text(area.label()));
      }
    }
  }

  @Test
  void kindsOfKeys_haveNamesOfTheirOwn_whereThereIsOneDatabase() {
    try (EmbeddedRedis redis = EmbeddedRedis.open("--databases", "1")) {
      assertThatThrownBy(() -> TestConnections.open(RedisConfig.at(redis.url())))
          .isInstanceOf(RedisStartException.class)
          .hasMessage(
              "Redis at %s has not the databases 0 to 3 (ERR DB index is out of range); set redis.databases to prefixes"
                  .formatted(redis.url()));
      try (RedisConnections connections = TestConnections.open(prefixes(redis))) {
        RedisLink link = connections.link(RedisArea.VIEWERS, "test");

        assertThat(link.keys().key("x", "abcd")).isEqualTo("nova:viewers:x:{abcd}");
        assertThat(await(link.commands().get("x"))).isNull();
      }
    }
  }

  @Test
  void nobodyThere_isOneSentence() throws IOException {
    String url = "redis://127.0.0.1:" + FreePorts.any();

    assertThatThrownBy(() -> TestConnections.open(RedisConfig.at(url)))
        .isInstanceOf(RedisStartException.class)
        .hasMessage("Redis at %s cannot be reached: nobody listens there; see redis.url", url);
    assertThatThrownBy(() -> TestConnections.open(RedisConfig.at("redis://nowhere.invalid")))
        .isInstanceOf(RedisStartException.class)
        .hasMessage(
            "Redis at redis://nowhere.invalid cannot be reached: no such host; see redis.url");
    assertThatThrownBy(() -> TestConnections.open(RedisConfig.defaults()))
        .isInstanceOf(RedisStartException.class)
        .hasMessageStartingWith("redis.url is empty");
  }

  @Test
  void furtherConnections_areWaitedFor_asTheirOwnerDoes() throws Exception {
    try (EmbeddedRedis redis = EmbeddedRedis.open()) {
      List<String> told = new ArrayList<>();
      RedisConnections.Patience patience =
          new RedisConnections.Patience() {
            @Override
            public <T> T until(Supplier<T> connect) {
              try {
                return connect.get();
              } catch (RedisStartException e) {
                told.add(e.getMessage());
                redis.start();
                return connect.get();
              }
            }
          };
      try (RedisConnections connections = open(redis, patience)) {
        redis.stop();
        RedisLink link = connections.link(RedisArea.MEDIA, "test");
        assertThat(await(link.commands().ping())).isEqualTo("PONG");
        assertThat(connections.wasMissed()).isTrue();
      }
      try (RedisConnections connections = open(redis, patience)) {
        assertThat(connections.wasMissed()).isFalse();
        redis.stop();
        RedisSubscription _ = connections.subscription("test");
        assertThat(connections.wasMissed()).isTrue();
      }
      assertThat(told).hasSize(2).allMatch(sentence -> sentence.contains("nobody listens there"));
    }
  }

  @Test
  void somebodyWhoIsSilent_isOneSentence() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      String url = "redis://127.0.0.1:" + silent.getLocalPort();

      assertThatThrownBy(() -> TestConnections.open(impatient(url)))
          .isInstanceOf(RedisStartException.class)
          .hasMessage(
              "Redis at %s does not answer within 300 ms; see redis.url, and redis.timeout", url);
    }
  }

  @Test
  void password_isUsed_andNeverLoggedNorShown() {
    root.setLevel(Level.DEBUG);
    try (EmbeddedRedis redis = EmbeddedRedis.open("--requirepass", SECRET)) {
      String url = "redis://:%s@127.0.0.1:%d".formatted(WRITTEN, redis.port());
      try (RedisConnections connections = TestConnections.open(RedisConfig.at(url))) {
        assertThat(await(connections.link(RedisArea.MEDIA, "test").commands().ping()))
            .isEqualTo("PONG");
      }
      List<RedisConfig> wrong =
          List.of(
              RedisConfig.at(redis.url()),
              RedisConfig.at(url.replace(WRITTEN, WRITTEN + "x")),
              RedisConfig.at(url.replace("//:", "//somebody:")));
      for (RedisConfig config : wrong) {
        assertThatThrownBy(() -> TestConnections.open(config))
            .isInstanceOf(RedisStartException.class)
            .hasMessageStartingWith(
                "Redis at %s wants another user or password (".formatted(redis.url()))
            .hasMessageEndingWith("; see redis.url")
            .message()
            .doesNotContain("s3cret");
      }
    }
    assertThat(List.copyOf(logged.list))
        .isNotEmpty()
        .noneMatch(event -> event.getFormattedMessage().contains("s3cret"));
  }

  @Test
  void connection_comesBackByItself_andNothingIsSentTwice() {
    try (EmbeddedRedis redis = EmbeddedRedis.open();
        RedisConnections connections = TestConnections.open(RedisConfig.at(redis.url()))) {
      RedisLink link = connections.link(RedisArea.MEDIA, "test");
      AtomicInteger returns = new AtomicInteger();
      link.onReconnect(returns::incrementAndGet);
      redis.freeze();
      CompletionStage<Long> pending = link.commands().incr("counter");
      redis.stop();
      assertThat(failure(pending)).isPresent();
      await("the loss is known", () -> !link.isOpen());
      assertThat(link.commands().incr("counter").toCompletableFuture())
          .as("fails at once")
          .isCompletedExceptionally();
      await("Redis is known to be away", () -> !connections.answers());

      redis.start();

      await("the connection is back", () -> link.isOpen() && returns.get() == 1);
      assertThat(await(link.commands().incr("counter"))).isEqualTo(1);
      await("Redis is known to answer", connections::answers);
      assertThat(link.age()).isLessThan(Duration.ofSeconds(20));
    }
    assertThat(warnings())
        .filteredOn(message -> message.startsWith("Redis does not answer"))
        .hasSize(1);
  }

  @Test
  void redisThatHangs_timesOut_andTheQueueIsBounded() {
    try (EmbeddedRedis redis = EmbeddedRedis.open();
        RedisConnections connections = TestConnections.open(impatient(redis.url()))) {
      RedisLink link = connections.link(RedisArea.MEDIA, "test");
      redis.freeze();
      List<CompletionStage<String>> pending = new ArrayList<>();
      for (int i = 0; i < 1_000; i++) {
        pending.add(link.commands().ping());
      }

      assertThat(pending)
          .filteredOn(stage -> failure(stage).orElseThrow().toString().contains("size exceeded"))
          .as("refused, beyond 100 that wait")
          .hasSizeGreaterThanOrEqualTo(900);
      assertThat(failure(pending.getFirst()).orElseThrow()).hasMessageContaining("300 milli");
      redis.thaw();
      await("it answers again", () -> failure(link.commands().ping()).isEmpty());
    }
  }

  @Test
  void redisThatHangs_isKnownToAnswerNothing_andNobodyWaitsForMedia() {
    try (EmbeddedRedis redis = EmbeddedRedis.open();
        RedisConnections connections = TestConnections.open(RedisConfig.at(redis.url()))) {
      RedisMediaReader reader =
          RedisMediaReader.open(connections, RedisMetrics.NONE, System::nanoTime);
      StreamId stream = new StreamId("stream1");
      RedisLink link = connections.link(RedisArea.MEDIA, "test");
      redis.freeze();
      await("Redis is known to hang", () -> !connections.answers());

      assertThat(link.isOpen()).isTrue();
      assertThat(reader.poster(stream).toCompletableFuture())
          .as("fails at once")
          .isCompletedExceptionally();
      assertThat(failure(reader.poster(stream)))
          .containsInstanceOf(StoreUnavailableException.class);
      redis.thaw();
      await("Redis is known to answer", connections::answers);
      assertThat(await(reader.poster(stream))).isEmpty();
    }
  }

  @Test
  void subscriptionThatIsRefused_isTriedAgain() {
    try (EmbeddedRedis redis = EmbeddedRedis.open();
        RedisConnections connections = TestConnections.open(RedisConfig.at(redis.url()))) {
      RedisLink link = connections.link(RedisArea.MEDIA, "test");
      assertThat(
              await(link.commands().aclSetuser("default", AclSetuserArgs.Builder.resetChannels())))
          .isEqualTo("OK");
      List<String> heard = new CopyOnWriteArrayList<>();
      RedisSubscription subscription = connections.subscription("test");
      subscription.listen(
          "news",
          new RedisSubscription.Listener() {
            @Override
            public void onSubscribed() {
              heard.add("subscribed");
            }

            @Override
            public void onMessage(Bytes message) {
              heard.add(message.toUtf8());
            }
          });
      await("it is refused", () -> warnings().stream().anyMatch(m -> m.contains("not subscribed")));

      assertThat(await(link.commands().aclSetuser("default", AclSetuserArgs.Builder.allChannels())))
          .isEqualTo("OK");

      await("it is subscribed", () -> heard.equals(List.of("subscribed")));
      assertThat(await(link.commands().publish("news", text("hello")))).isEqualTo(1);
      await("it is heard", () -> heard.equals(List.of("subscribed", "hello")));
      subscription.close();
    }
  }

  @Test
  void clocksThatDisagree_areWarnedOf_once_andMeasured() {
    FakeClock clock = new FakeClock(Instant.now().minusSeconds(90));
    try (EmbeddedRedis redis = EmbeddedRedis.open();
        RedisConnections connections =
            RedisConnections.open(
                RedisConfig.at(redis.url()),
                RedisMetrics.NONE,
                clock,
                clock::nanoTime,
                Thread.ofPlatform().daemon().factory())) {
      await("the skew is measured", () -> !connections.clockSkew().isZero());

      assertThat(connections.clockSkew()).isBetween(Duration.ofSeconds(89), Duration.ofSeconds(99));
      await("warning", () -> warnings().stream().anyMatch(m -> m.contains("are 9")));
    }
  }

  @Test
  void eviction_thatTakesLeasesFirst_isWarnedOf() {
    try (EmbeddedRedis redis = EmbeddedRedis.open("--maxmemory-policy", "volatile-ttl");
        RedisConnections _ = TestConnections.open(RedisConfig.at(redis.url()))) {
      assertThat(warnings())
          .anyMatch(message -> message.contains("maxmemory-policy is volatile-ttl"));
    }
  }

  private static RedisConnections open(EmbeddedRedis redis, RedisConnections.Patience patience) {
    return RedisConnections.open(
        RedisConfig.at(redis.url()),
        RedisMetrics.NONE,
        InstantSource.system(),
        System::nanoTime,
        Thread.ofVirtual().factory(),
        patience);
  }

  private List<String> warnings() {
    return List.copyOf(logged.list).stream()
        .filter(event -> event.getLevel() == Level.WARN)
        .filter(event -> event.getLoggerName().startsWith("nova."))
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
  }

  private static Optional<Throwable> failure(CompletionStage<?> stage) {
    return await(stage.handle((_, failure) -> Optional.ofNullable(failure).map(RedisLink::cause)));
  }

  private static RedisConfig impatient(String url) {
    return new RedisConfig(
        url,
        "",
        RedisConfig.NUMBERED,
        "nova",
        Duration.ofMillis(300),
        DataSize.ofMiB(1),
        Duration.ofMinutes(1),
        Duration.ofHours(1),
        DataSize.ofMiB(1),
        100);
  }

  private static RedisConfig prefixes(EmbeddedRedis redis) {
    RedisConfig numbered = RedisConfig.at(redis.url());
    return new RedisConfig(
        numbered.url(),
        numbered.caFile(),
        RedisConfig.PREFIXES,
        numbered.keyPrefix(),
        numbered.timeout(),
        numbered.memoryPerStream(),
        numbered.mediaTtl(),
        numbered.streamKeyTtl(),
        numbered.inFlight(),
        numbered.queuedCommands());
  }
}
