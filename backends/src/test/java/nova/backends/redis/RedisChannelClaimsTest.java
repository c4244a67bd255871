package nova.backends.redis;

import static nova.backends.redis.TestConnections.await;
import static nova.backends.redis.TestConnections.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import nova.core.Bytes;
import nova.core.ChannelSlug;
import nova.core.StreamId;
import nova.core.StreamState;
import nova.ingest.publish.ChannelClaim;
import nova.ingest.publish.ChannelClaims;
import nova.ingest.publish.ChannelClaimsContract;
import nova.ingest.publish.ClaimAnswer;
import nova.ingest.publish.ClaimRequest;
import nova.ingest.publish.ClaimStatus;
import nova.ingest.publish.ClaimedStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RedisChannelClaimsTest extends ChannelClaimsContract {
  private static final Duration TTL = Duration.ofMillis(900);
  private static final StreamId ONE = new StreamId("one1");

  @AutoClose private final TestRedis redis = new TestRedis();
  private final CountedMetrics metrics = new CountedMetrics();
  private final Told toldThere = new Told();
  private RedisLink link;
  private RedisChannelClaims here;
  private RedisChannelClaims there;

  @BeforeEach
  void open() {
    link = redis.link(RedisArea.MEDIA);
    here = claims("here");
    there = claims("there");
  }

  @Override
  protected ChannelClaims claims() {
    return here;
  }

  @Test
  void publisherElsewhere_getsTheStream_whenItsHolderLetsGo() {
    ChannelClaim claim = granted(here, "one1");
    claim.update(active());

    CompletionStage<ClaimAnswer> asked = there.claim(request("two2", "192.0.2.7", 3), toldThere);
    await("the holder is asked", () -> told.all.equals(List.of("192.0.2.7")));
    assertThat(asked.toCompletableFuture()).isNotDone();
    Void _ = get(claim.handOver());

    ClaimAnswer.Continued continued = (ClaimAnswer.Continued) get(asked);
    assertThat(continued.claim().stream()).isEqualTo(ONE);
    assertThat(continued.claim().token()).isGreaterThan(claim.token());
    ClaimedStream stream = continued.stream();
    assertThat(stream.stream()).isEqualTo(ONE);
    assertThat(stream.startedAt()).isEqualTo(NOON);
    assertThat(stream.node()).isEqualTo("here");
    assertThat(stream.status().health().advice()).containsExactly("set 2 s – \"please\"");
    assertThat(stream.status().health().frameRate()).isEqualTo(29.97);
    assertThat(told.all).as("who let go is not told that it is lost").hasSize(1);
  }

  @Test
  void takeovers_areCounted_overAllNodes() {
    ChannelClaim claim = granted(here, "one1");
    claim.update(active());
    RedisChannelClaims holder = here;
    for (int i = 0; i < 3; i++) {
      RedisChannelClaims newcomer = holder == here ? there : here;
      CompletionStage<ClaimAnswer> asked = newcomer.claim(request("two2"), toldThere);
      int before = i;
      await("asked", () -> told.all.size() + toldThere.all.size() > before);
      Void _ = get(claim.handOver());
      claim = ((ClaimAnswer.Continued) get(asked)).claim();
      claim.update(active());
      holder = newcomer;
    }
    RedisChannelClaims newcomer = holder == here ? there : here;

    assertThat(get(newcomer.claim(request("two2"), toldThere)))
        .isInstanceOf(ClaimAnswer.TooManyTakeovers.class);
    assertThat(told.all.size() + toldThere.all.size()).isEqualTo(3);
  }

  @Test
  void newerPublisher_takesThePlaceOfOneThatWaits() {
    ChannelClaim claim = granted(here, "one1");
    claim.update(active());
    CompletionStage<ClaimAnswer> first = there.claim(request("two2", "192.0.2.2", 9), toldThere);
    await("asked", () -> told.all.contains("192.0.2.2"));
    RedisChannelClaims third = claims("third");

    CompletionStage<ClaimAnswer> second = third.claim(request("three3", "192.0.2.3", 9), toldThere);

    assertThat(get(first)).isInstanceOf(ClaimAnswer.Superseded.class);
    await("asked again", () -> told.all.contains("192.0.2.3"));
    Void _ = get(claim.handOver());
    assertThat(get(second)).isInstanceOf(ClaimAnswer.Continued.class);
  }

  @Test
  void holderThatDoesNotLetGo_losesTheClaim() {
    ChannelClaim claim = granted(here, "one1");
    claim.update(active());

    ClaimAnswer answer = get(there.claim(request("two2", "192.0.2.7", 3), toldThere));

    assertThat(answer).isInstanceOf(ClaimAnswer.Continued.class);
    await("both are told", () -> told.all.equals(List.of("192.0.2.7", "lost true")));
  }

  @Test
  void streamThatWaitsForItsBroadcaster_goesOnWhereThatReturns_atOnce() {
    ChannelClaim claim = granted(here, "one1");
    claim.update(active());
    claim.update(reconnecting());
    await("it is known", () -> field("waiting").equals("1"));

    ClaimAnswer answer = get(there.claim(request("two2", "192.0.2.7", 0), toldThere));

    ClaimedStream stream = ((ClaimAnswer.Continued) answer).stream();
    assertThat(stream.status()).isEqualTo(reconnecting());
    await("its former node lets it go", () -> told.all.equals(List.of("lost true")));
  }

  @Test
  void streamThatEndsWhileSomebodyAsks_leavesThemTheChannel() {
    ChannelClaim claim = granted(here, "one1");
    claim.update(active());
    CompletionStage<ClaimAnswer> asked = there.claim(request("two2"), toldThere);
    await("asked", () -> !told.all.isEmpty());

    Void _ = get(claim.end());

    ClaimAnswer.Granted granted = (ClaimAnswer.Granted) get(asked);
    assertThat(granted.claim().stream()).isEqualTo(new StreamId("two2"));
  }

  @Test
  void claimsOfANodeThatIsGone_areAdopted_byOneOfTheOthers() {
    RedisChannelClaims gone = claims("gone");
    ChannelClaim claim = granted(gone, "one1");
    ClaimStatus status = active();
    claim.update(status);
    await("it is known", () -> field("status").contains("ACTIVE"));
    assertThat(get(there.expired())).isEmpty();
    gone.close();

    await("it is expired", () -> !get(there.expired()).isEmpty());
    ClaimedStream expired = get(there.expired()).getFirst();
    assertThat(expired.stream()).isEqualTo(ONE);
    assertThat(expired.channel()).isEqualTo(CHANNEL);
    assertThat(expired.node()).isEqualTo("gone");
    assertThat(expired.status()).isEqualTo(status);
    assertThat(Duration.between(expired.renewedAt(), Instant.now()))
        .isBetween(TTL, TTL.plusSeconds(15));
    ChannelClaim adopted = get(there.adopt(expired, toldThere)).orElseThrow();
    assertThat(adopted.stream()).isEqualTo(ONE);
    assertThat(adopted.token()).isGreaterThan(expired.token());

    assertThat(get(here.adopt(expired, told))).as("only once").isEmpty();
    assertThat(get(here.expired())).isEmpty();
    assertThat(((ClaimAnswer.Granted) get(here.claim(other(), told))).claim()).isNotNull();
  }

  @Test
  void publisherOfANodeThatIsGone_goesOnElsewhere_withoutCounting() {
    RedisChannelClaims gone = claims("gone");
    granted(gone, "one1").update(active());
    await("it is known", () -> field("status").contains("ACTIVE"));
    gone.close();
    await("it is expired", () -> !get(there.expired()).isEmpty());

    assertThat(get(there.claim(request("two2", "192.0.2.7", 0), toldThere)))
        .isInstanceOf(ClaimAnswer.Continued.class);
  }

  @Test
  void claimThatWasHandedOverToNobody_isAdopted() {
    ChannelClaim claim = granted(here, "one1");
    claim.update(active());
    Void _ = get(claim.handOver());

    await("it is expired", () -> !get(there.expired()).isEmpty());
    assertThat(get(there.adopt(get(there.expired()).getFirst(), toldThere))).isPresent();
  }

  @Test
  void nodeThatWasAsleep_learnsThatItsClaimIsAdopted() {
    ChannelClaim claim = granted(here, "one1");
    claim.update(active());
    await("it is known", () -> field("status").contains("ACTIVE"));
    // As if it had been silent for long: only this makes a claim of a node that lives expire.
    Instant deadline = Instant.now().plusSeconds(20);
    boolean adopted = false;
    while (!adopted && Instant.now().isBefore(deadline)) {
      assertThat(await(link.commands().zadd("nova:renewed:{claims}", 1.0, text("show"))))
          .isNotNull();
      List<ClaimedStream> expired = get(there.expired());
      adopted = !expired.isEmpty() && get(there.adopt(expired.getFirst(), toldThere)).isPresent();
    }

    assertThat(adopted).isTrue();
    await("it is told", () -> told.all.equals(List.of("lost true")));
  }

  @Test
  void emptiedRedis_isToldTheClaimAgain() {
    ChannelClaim claim = granted(here, "one1");
    claim.update(active());

    redis.server.restart();

    await("it is there again", () -> field("stream").equals("one1"));
    assertThat(told.all).isEmpty();
    assertThat(claim.stream()).isEqualTo(ONE);
  }

  @Test
  void emptiedRedis_givesNobodyAChannel_beforeItsHolderCouldSayWhoseItIs() {
    ChannelClaim claim = granted(here, "one1");
    claim.update(active());
    assertThat(await(link.commands().flushall())).isEqualTo("OK");

    ClaimAnswer answer = get(there.claim(request("two2", "192.0.2.7", 3), toldThere));

    ClaimedStream stream = ((ClaimAnswer.Continued) answer).stream();
    assertThat(stream.stream()).as("as if Redis had never been emptied").isEqualTo(ONE);
    await("its holder is asked first", () -> told.all.contains("192.0.2.7"));
  }

  @Test
  void channelThatAnotherBeganAnewMeanwhile_isLost_andTheStreamOver() {
    granted(here, "one1").update(active());
    String key = "nova:claim:{claims}:show";

    assertThat(
            await(
                link.commands()
                    .hset(
                        key, Map.of("stream", text("two2"), "token", text("9" + "0".repeat(15))))))
        .isNotNegative();

    await("it is told", () -> told.all.equals(List.of("lost false")));
  }

  @Test
  void redisThatIsAway_letsNobodyClaim_andTakesNothingAway() {
    granted(here, "one1").update(active());
    redis.server.stop();
    await("the loss is known", () -> !link.isOpen());
    Instant later = Instant.now().plus(TTL.multipliedBy(2));

    assertThatThrownBy(() -> get(there.claim(other(), toldThere)))
        .isInstanceOf(IllegalStateException.class);
    await("longer than a claim lasts", () -> Instant.now().isAfter(later));
    assertThat(told.all).isEmpty();
  }

  @Test
  void redisThatRefusedWrites_hasNoClaimAdopted_beforeHoldersCouldRenew() {
    ChannelClaim claim = granted(here, "one1");
    claim.update(active());
    await("it is known", () -> field("status").contains("ACTIVE"));
    double renewed = renewedMs();

    redis.server.refuseWrites();
    Instant later = Instant.now().plus(TTL.multipliedBy(2));
    await("it is expired, and looked at", () -> Instant.now().isAfter(later));
    redis.server.takeWrites();

    await(
        "it is renewed",
        () -> {
          assertThat(get(there.expired())).isEmpty();
          return renewedMs() > renewed + 2 * TTL.toMillis();
        });
    assertThat(get(there.claim(request("two2", "192.0.2.7", 3), toldThere)))
        .isInstanceOf(ClaimAnswer.Continued.class);
    assertThat(told.all).as("it is asked first").contains("192.0.2.7");
  }

  private double renewedMs() {
    return await(link.commands().zscore("nova:renewed:{claims}", text("show")));
  }

  @Test
  void redisThatIsFull_keepsClaims_andGrantsThem() {
    ChannelClaim claim = granted(here, "one1");
    claim.update(active());
    await("it is known", () -> field("status").contains("ACTIVE"));

    TestConnections.fill(redis.server);
    Instant later = Instant.now().plus(TTL.multipliedBy(2));
    await("longer than a claim lasts", () -> Instant.now().isAfter(later));

    assertThat(get(there.expired())).isEmpty();
    assertThat(((ClaimAnswer.Granted) get(here.claim(other(), told))).claim()).isNotNull();
    CompletionStage<ClaimAnswer> asked = there.claim(request("two2", "192.0.2.7", 3), toldThere);
    await("the holder is asked", () -> told.all.equals(List.of("192.0.2.7")));
    Void _ = get(claim.handOver());
    ClaimAnswer.Continued continued = (ClaimAnswer.Continued) get(asked);
    continued.claim().update(active());
    there.close();
    await("it is expired", () -> get(here.expired()).size() == 1);
    assertThat(get(here.adopt(get(here.expired()).getFirst(), told))).isPresent();
  }

  @Test
  void whatCannotBeRead_isForgotten_andCounted() {
    granted(here, "one1");
    assertThat(await(link.commands().zadd("nova:renewed:{claims}", 1.0, text("no channel!"))))
        .isEqualTo(1);
    assertThat(await(link.commands().zadd("nova:renewed:{claims}", 1.0, text("junk"))))
        .isEqualTo(1);
    assertThat(await(link.commands().zadd("nova:renewed:{claims}", 1.0, text("none"))))
        .isEqualTo(1);
    for (String name : List.of("stream", "token", "started", "node", "status")) {
      assertThat(await(link.commands().hset("nova:claim:{claims}:junk", name, text("{")))).isTrue();
    }

    await(
        "looked at",
        () ->
            metrics.count("malformed") == 0
                && get(there.expired()).isEmpty()
                && metrics.count("malformed") == 3);
    await("forgotten", () -> await(link.commands().zcard("nova:renewed:{claims}")) == 1);
    assertThat(await(link.commands().exists("nova:claim:{claims}:junk"))).isZero();
  }

  @Test
  void claimThatCannotBeRead_keepsNobodyFromHisChannel() {
    for (Map<String, Bytes> junk :
        List.of(
            junk("token", "9e99"),
            junk("stream", "no stream!"),
            junk("started", "yesterday"),
            junk("status", "{"),
            Map.of("stream", text("one1"), "askedAt", text("{")),
            Map.of("token", text("{")))) {
      int before = metrics.count("malformed claim");
      assertThat(await(link.commands().hset("nova:claim:{claims}:show", junk))).isPositive();

      ChannelClaim claim = granted(here, "two2");

      assertThat(field("stream")).as("%s", junk).isEqualTo("two2");
      assertThat(await(link.commands().pttl("nova:claim:{claims}:show"))).isPositive();
      boolean isClaim = junk.containsKey("stream");
      assertThat(metrics.count("malformed claim") - before).isEqualTo(isClaim ? 1 : 0);
      Void _ = get(claim.end());
    }
  }

  @Test
  void claimWhoseTokenIsNoNumber_isContinued_withOneThatIs() {
    assertThat(await(link.commands().hset("nova:claim:{claims}:show", junk("token", "{"))))
        .isPositive();

    ClaimAnswer answer = get(here.claim(request("two2"), told));

    ClaimAnswer.Continued continued = (ClaimAnswer.Continued) answer;
    assertThat(continued.claim().stream()).isEqualTo(ONE);
    assertThat(field("token")).isEqualTo(Long.toString(continued.claim().token()));
    assertThat(await(link.commands().pttl("nova:claim:{claims}:show"))).isPositive();
  }

  /// A claim of a node that is gone, with one field that cannot be read.
  private static Map<String, Bytes> junk(String field, String value) {
    Map<String, Bytes> claim = new HashMap<>();
    claim.put("stream", text("one1"));
    claim.put("token", text("7"));
    claim.put("started", text(NOON.toString()));
    claim.put("node", text("gone"));
    claim.put("status", ClaimStatusJson.write(active()));
    claim.put(field, text(value));
    return claim;
  }

  @Test
  void claimWhoseTokenIsNoNumber_isRenewed_byItsHolder() {
    ChannelClaim claim = granted(here, "one1");
    assertThat(await(link.commands().hset("nova:claim:{claims}:show", "token", text("{"))))
        .isFalse();

    await("renewed", () -> field("token").equals(Long.toString(claim.token())));
    assertThat(told.all).isEmpty();
  }

  @Test
  void keysOfAnotherType_makeWay_andKeepNobodyFromHisChannel() {
    assertThat(await(link.commands().set("nova:claim:{claims}:show", text("junk"))))
        .isEqualTo("OK");
    assertThat(await(link.commands().set("nova:renewed:{claims}", text("junk")))).isEqualTo("OK");

    granted(here, "one1");

    assertThat(field("stream")).isEqualTo("one1");
    assertThat(await(link.commands().zadd("nova:renewed:{claims}", 1.0, text("none"))))
        .isEqualTo(1);
    assertThat(await(link.commands().set("nova:claim:{claims}:none", text("junk"))))
        .isEqualTo("OK");
    await(
        "forgotten",
        () ->
            get(there.expired()).isEmpty()
                && await(link.commands().zcard("nova:renewed:{claims}")) == 1);
  }

  @Test
  void timeOfTheStartThatCannotBeRead_isSetAnew_andChannelsAreGrantedAgain() {
    granted(here, "one1");
    String since = "nova:settling-since";

    assertThat(await(link.commands().set(since, text("junk")))).isEqualTo("OK");
    assertThat(get(there.claim(other(), toldThere))).isInstanceOf(ClaimAnswer.Granted.class);
    assertThat(await(link.commands().get(since)).toUtf8()).matches("[0-9]+");

    assertThat(await(link.commands().lpush("list", text("junk")))).isOne();
    assertThat(await(link.commands().rename("list", since)))
        .isEqualTo("OK"); // it is looked at often
    ClaimRequest third =
        new ClaimRequest(
            new ChannelSlug("third"), new StreamId("third3"), NOON, Optional.empty(), "::1", 3);
    assertThat(get(there.claim(third, toldThere))).isInstanceOf(ClaimAnswer.Granted.class);
    assertThat(await(link.commands().get(since)).toUtf8()).matches("[0-9]+");
    assertThat(told.all).isEmpty();
  }

  @Test
  void messageThatNamesNoChannelOfThisNode_isIgnored() {
    ChannelClaim claim = granted(here, "one1");
    claim.update(active());
    for (Bytes junk :
        List.of(
            Bytes.EMPTY,
            text("no channel!"),
            text("other"),
            text("show".repeat(1_000)),
            Bytes.wrap(new byte[] {(byte) 0xff, 0}))) {
      assertThat(await(link.commands().publish("nova:claims", junk))).isPositive();
    }

    CompletionStage<ClaimAnswer> asked = there.claim(request("two2", "192.0.2.7", 3), toldThere);

    await("the holder is asked", () -> told.all.equals(List.of("192.0.2.7")));
    Void _ = get(claim.handOver());
    assertThat(get(asked)).isInstanceOf(ClaimAnswer.Continued.class);
  }

  @Test
  void timesOfAClaim_areByTheClockOfWhoReadsThem() {
    Duration behind = Duration.ofHours(1);
    InstantSource slow = () -> Instant.now().minus(behind);
    RedisConnections connections =
        redis.own(
            RedisConnections.open(
                redis.config(),
                RedisMetrics.NONE,
                slow,
                System::nanoTime,
                Thread.ofPlatform().daemon().factory()));
    await(
        "the clock is known to be wrong",
        () -> connections.clockSkew().compareTo(behind.dividedBy(2)) > 0);
    RedisChannelClaims elsewhere = claims("elsewhere", connections);
    ChannelClaim claim = granted(elsewhere, "one1");
    Instant lostAt = slow.instant();
    ClaimStatus away = reconnecting();
    claim.update(new ClaimStatus(away.state(), Optional.of(lostAt), away.key(), away.health()));
    await("it is told", () -> field("status").contains("lostAt"));
    Void _ = get(claim.handOver());

    ClaimAnswer.Continued continued =
        (ClaimAnswer.Continued) get(here.claim(request("two2", "192.0.2.7", 3), told));

    assertThat(continued.stream().status().lostAt().orElseThrow())
        .isCloseTo(lostAt.plus(behind), within(2, ChronoUnit.SECONDS));
    assertThat(continued.stream().renewedAt())
        .isCloseTo(Instant.now(), within(1, ChronoUnit.MINUTES));
  }

  @Test
  void status_isKeptAsItWas() {
    for (ClaimStatus status : List.of(active(), reconnecting())) {
      assertThat(ClaimStatusJson.read(ClaimStatusJson.write(status))).contains(status);
    }
    for (String junk :
        List.of("", "{", "[]", "{\"state\":\"ERROR\",\"health\":{}}", "{\"state\":7}")) {
      assertThat(ClaimStatusJson.read(text(junk))).as(junk).isEmpty();
    }
    assertThat(StreamState.valueOf("ACTIVE").isOver()).isFalse();
  }

  private String field(String name) {
    return await(
        link.commands()
            .hget("nova:claim:{claims}:show", name)
            .<String>handle(
                (value, failure) -> failure != null || value == null ? "" : value.toUtf8()));
  }

  private static ClaimRequest other() {
    return new ClaimRequest(
        new ChannelSlug("other"), new StreamId("other1"), NOON, Optional.empty(), "192.0.2.9", 3);
  }

  private RedisChannelClaims claims(String node) {
    return claims(node, redis.connections());
  }

  private RedisChannelClaims claims(String node, RedisConnections connections) {
    return redis.own(
        RedisChannelClaims.open(
            connections,
            new NodeId(node),
            metrics,
            System::nanoTime,
            TTL,
            Thread.ofPlatform().daemon().factory()));
  }
}
