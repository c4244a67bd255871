package nova.backends.redis;

import static nova.backends.redis.TestConnections.await;
import static nova.backends.redis.TestConnections.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.KillArgs;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import nova.core.Bytes;
import nova.core.StreamId;
import nova.segments.InMemoryTimelineStore;
import nova.segments.Poster;
import nova.segments.TimelineSnapshot;
import nova.segments.TimelineSnapshot.TimelineState;
import nova.segments.TimelineStore.Registration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RedisTimelineReplicaTest {
  private static final StreamId STREAM = new StreamId("stream1");
  private static final long TOKEN = 1_000;
  private static final Duration SHORT_GRACE = Duration.ofMillis(1_200);

  @AutoClose private final TestRedis redis = new TestRedis();
  private final TestPackager packager = new TestPackager(STREAM, 6, 1_000, "source", "audio");
  private final Set<StreamId> carriedHere = ConcurrentHashMap.newKeySet();
  private final Map<StreamId, TimelineSnapshot> onDisk = new ConcurrentHashMap<>();
  private final CountedMetrics metrics = new CountedMetrics();
  private final InMemoryTimelineStore replicated =
      new InMemoryTimelineStore(
          (_, failure) -> {
            throw new AssertionError(failure);
          });
  private RedisLink link;
  private MediaKeys keys;

  @BeforeEach
  void open() {
    link = redis.link(RedisArea.MEDIA);
    keys = new MediaKeys(link.keys());
  }

  @Test
  void whatRedisHasAtTheStart_isRead() {
    RedisMediaPublisher publisher = publish(packager, TOKEN);
    packager.segment(2);
    packager.posters.put(STREAM, new Poster(text("jpeg"), TestPackager.NOON));
    packager.part();
    await("published", publisher::isIdle);

    RedisTimelineReplica replica = replica();
    await("filled", replica::isFilled);

    assertThat(replicated.all()).containsExactly(packager.snapshot());
    assertThat(replica.posterTakenAt(STREAM)).contains(TestPackager.NOON);
    assertThat(replica.posterTakenAt(new StreamId("other"))).isEmpty();
  }

  @Test
  void headThatRedisDoesNotTell_keepsTheReplicaFromBeingFilled() {
    TestPackager other = new TestPackager(new StreamId("other"), 6, 1_000, "source");
    RedisMediaPublisher publisher = publish(other, TOKEN, new StreamId("other"));
    other.segment(2);
    await("published", publisher::isIdle);
    assertThat(await(link.commands().zadd(keys.index(), 1.0, text(STREAM.value())))).isEqualTo(1);
    // Asked for the other head, Redis answers with an error.
    AclSetuserArgs mayRead =
        AclSetuserArgs.Builder.resetKeys()
            .keyPattern(keys.index())
            .keyPattern(keys.timeline(new StreamId("other")));
    assertThat(await(link.commands().aclSetuser("default", mayRead))).isEqualTo("OK");

    RedisTimelineReplica replica = replica();
    await("compared more than once", () -> metrics.count("failed") > 2);
    assertThat(replicated.all()).containsExactly(other.snapshot());
    assertThat(replica.isFilled()).isFalse();

    AclSetuserArgs mayReadAll = AclSetuserArgs.Builder.allKeys();
    assertThat(await(link.commands().aclSetuser("default", mayReadAll))).isEqualTo("OK");
    await("filled", replica::isFilled);
  }

  @Test
  void timelineThatCannotBeRead_doesNotKeepTheReplicaFromBeingFilled() {
    assertThat(await(link.commands().zadd(keys.index(), 1.0, text(STREAM.value())))).isEqualTo(1);
    Map<String, Bytes> ofAnotherVersion = Map.of("t", text("1"), "v", text("1"), "s", text("2"));
    assertThat(await(link.commands().hset(keys.timeline(STREAM), ofAnotherVersion))).isEqualTo(3);

    RedisTimelineReplica replica = replica();

    await("filled", replica::isFilled);
    assertThat(metrics.count("malformed")).isPositive();
    assertThat(replicated.all()).isEmpty();
  }

  @Test
  void changes_comeAsDeltas_inOrder_andListenersAreTold() {
    RedisTimelineReplica replica = replica();
    await("filled", replica::isFilled);
    List<TimelineSnapshot> told = new CopyOnWriteArrayList<>();
    Registration _ = replicated.listen(told::add);
    RedisMediaPublisher publisher = publish(packager, TOKEN);
    packager.part();
    isReplicated();
    assertThat(metrics.count("timeline-read"))
        .as("a stream that is new is read")
        .isLessThanOrEqualTo(2);
    int before = metrics.count("timeline-read");

    for (int segment = 0; segment < 20; segment++) {
      packager.segment(3);
      await("published", publisher::isIdle);
    }
    packager.state(TimelineState.ENDED);
    isReplicated();

    assertThat(metrics.count("timeline-read")).as("the rest by deltas").isEqualTo(before);
    assertThat(metrics.count("delta-applied")).isPositive();
    assertThat(told).extracting(TimelineSnapshot::version).isSorted().doesNotHaveDuplicates();
    assertThat(told.getLast()).isEqualTo(packager.snapshot());
  }

  @Test
  void noticesThatWereLost_areMadeGood() {
    replica();
    RedisMediaPublisher publisher = publish(packager, TOKEN);
    packager.segment(2);
    isReplicated();

    killSubscriptions();
    for (int segment = 0; segment < 5; segment++) {
      packager.segment(2);
      await("published", publisher::isIdle);
    }

    isReplicated();
  }

  @Test
  void gapInTheVersions_meansThatTheTimelineIsRead() {
    replica();
    RedisMediaPublisher publisher = publish(packager, TOKEN);
    packager.segment(2);
    isReplicated();
    int before = metrics.count("timeline-read");
    publisher.disown(STREAM);
    packager.segment(2); // nobody hears of this

    publisher.own(STREAM, TOKEN, () -> {});

    isReplicated();
    assertThat(metrics.count("timeline-read")).isGreaterThan(before);
  }

  @Test
  void emptiedRedis_takesNoTimelineAway_andGoesOnWithThePackager() {
    replica();
    publish(packager, TOKEN);
    packager.segment(2);
    isReplicated();
    List<TimelineSnapshot> told = new CopyOnWriteArrayList<>();
    Registration _ = replicated.listen(told::add);

    redis.server.restart();
    for (int segment = 0; segment < 3; segment++) {
      packager.segment(2);
    }

    isReplicated();
    assertThat(told)
        .as("never told to be gone, and no version twice")
        .extracting(TimelineSnapshot::version)
        .isSorted()
        .doesNotHaveDuplicates();
  }

  @Test
  void redisThatIsAway_takesNothingAway_howeverLong() {
    replica(SHORT_GRACE);
    publish(packager, TOKEN);
    packager.segment(2);
    isReplicated();

    redis.server.stop();
    Instant later = Instant.now().plus(SHORT_GRACE.multipliedBy(2));
    await("longer than the grace", () -> Instant.now().isAfter(later));

    assertThat(replicated.all()).containsExactly(packager.snapshot());
  }

  @Test
  void whatIsFoundElsewhere_isShownWhileRedisIsAway_andNothingGoesBack() {
    replica();
    publish(packager, TOKEN);
    packager.segment(2);
    packager.part();
    isReplicated();
    onDisk.put(STREAM, whole(packager.snapshot()));
    List<TimelineSnapshot> told = new CopyOnWriteArrayList<>();
    Registration _ = replicated.listen(told::add);

    redis.server.stop();
    packager.part();
    onDisk.put(STREAM, whole(packager.snapshot()));
    Instant later = Instant.now().plusSeconds(2);
    await("looked at, and shorter than what is shown", () -> Instant.now().isAfter(later));
    assertThat(told).isEmpty();
    packager.complete();
    onDisk.put(STREAM, packager.snapshot());
    await("shown", () -> replicated.find(STREAM).equals(Optional.of(packager.snapshot())));

    packager.part();
    redis.server.start();
    isReplicated();
    assertThat(told).extracting(TimelineSnapshot::version).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void whatIsFoundElsewhere_isShownWhileRedisHangs_thoughItsConnectionsAreOpen() {
    replica();
    publish(packager, TOKEN);
    packager.segment(2);
    packager.part();
    isReplicated();

    redis.server.freeze();
    packager.complete();
    onDisk.put(STREAM, packager.snapshot());

    isReplicated();
    assertThat(link.isOpen()).isTrue();
    redis.server.thaw();
    packager.segment(2);
    isReplicated();
  }

  @Test
  void whatIsFoundElsewhere_isShownWhileRedisRefusesWrites_thoughItAnswersQuestions() {
    replica();
    publish(packager, TOKEN);
    packager.segment(2);
    packager.part();
    isReplicated();

    redis.server.refuseWrites();
    packager.complete();
    onDisk.put(STREAM, packager.snapshot());

    isReplicated();
    assertThat(link.answers()).isTrue();
    redis.server.takeWrites();
    packager.segment(2);
    isReplicated();
  }

  @Test
  void whatIsFoundElsewhere_isNotShownWhileRedisTakesWrites_asAnotherHolderMayGoOn() {
    replica();
    RedisMediaPublisher publisher = publish(packager, TOKEN);
    packager.segment(2);
    isReplicated();
    TimelineSnapshot before = packager.snapshot();

    publisher.disown(STREAM); // as one that Redis is away from
    packager.segment(2);
    onDisk.put(STREAM, packager.snapshot());
    Instant later = Instant.now().plusSeconds(3);
    await("silent for long enough", () -> Instant.now().isAfter(later));

    assertThat(replicated.find(STREAM)).contains(before);
  }

  @Test
  void faultOfATask_isCounted_andTheReplicaGoesOn() {
    AtomicBoolean broken = new AtomicBoolean();
    Registration _ =
        replicated.listen(
            _ -> {
              if (broken.get()) {
                throw new AssertionError("a listener is broken");
              }
            });
    replica();
    publish(packager, TOKEN);
    packager.segment(2);
    isReplicated();

    broken.set(true);
    packager.segment(2);
    await("counted", () -> metrics.count("failed") > 0);
    broken.set(false);
    packager.segment(2);

    isReplicated();
  }

  @Test
  void posterOfAStreamThatIsCarriedHere_isForgottenWithTheStream() {
    carriedHere.add(STREAM);
    RedisTimelineReplica replica = replica();
    RedisMediaPublisher publisher = publish(packager, TOKEN);
    packager.segment(2);
    packager.posters.put(STREAM, new Poster(text("jpeg"), TestPackager.NOON));
    packager.part();
    await("its poster is known", () -> replica.posterTakenAt(STREAM).isPresent());

    packager.remove();

    await("published", publisher::isIdle);
    await("its poster is forgotten", () -> replica.posterTakenAt(STREAM).isEmpty());
  }

  private static TimelineSnapshot whole(TimelineSnapshot snapshot) {
    return snapshot.withRenditions(
        snapshot.renditions().stream()
            .map(r -> r.withSegments(r.segments().stream().filter(s -> s.complete()).toList()))
            .toList());
  }

  @Test
  void streamThatNobodyCarries_goesWhenItHasBeenMissingForLong() {
    replica(SHORT_GRACE);
    RedisMediaPublisher publisher = publish(packager, TOKEN);
    packager.segment(2);
    isReplicated();
    publisher.disown(STREAM);
    Instant start = Instant.now();

    assertThat(await(link.commands().flushall())).isEqualTo("OK");
    killSubscriptions();

    await("it is gone", () -> replicated.all().isEmpty());
    assertThat(Duration.between(start, Instant.now())).isGreaterThanOrEqualTo(SHORT_GRACE);
  }

  @Test
  void removal_isToldAtOnce() {
    RedisTimelineReplica replica = replica();
    publish(packager, TOKEN);
    packager.segment(2);
    packager.posters.put(STREAM, new Poster(text("jpeg"), TestPackager.NOON));
    packager.part();
    isReplicated();
    await("its poster is known", () -> replica.posterTakenAt(STREAM).isPresent());

    packager.remove();

    await("it is gone", () -> replicated.find(STREAM).isEmpty());
    await("its poster too", () -> replica.posterTakenAt(STREAM).isEmpty());
  }

  @Test
  void anotherHolder_mayCountFromAnew_andVersionsRiseAllTheSame() {
    replica();
    RedisMediaPublisher publisher = publish(packager, TOKEN);
    for (int segment = 0; segment < 4; segment++) {
      packager.segment(2);
    }
    isReplicated();
    publisher.disown(STREAM);
    long version = replicated.find(STREAM).orElseThrow().version();
    TestPackager next = new TestPackager(STREAM, 6, 1_000, "source", "audio");
    publish(next, TOKEN + 1);

    next.part();

    await(
        "what the other shows",
        () -> replicated.find(STREAM).orElseThrow().renditions().getFirst().segments().size() == 1);
    assertThat(replicated.find(STREAM).orElseThrow().version()).isGreaterThan(version);
  }

  @Test
  void streamThatIsCarriedHere_isNotTouched_butReadWhenItIsAboutToBe() {
    RedisTimelineReplica replica = replica();
    await("filled", replica::isFilled);
    carriedHere.add(STREAM);
    RedisMediaPublisher publisher = publish(packager, TOKEN);
    packager.segment(2);
    await("published", publisher::isIdle);
    StreamId other = new StreamId("other");
    TestPackager elsewhere = new TestPackager(other, 6, 1_000, "source");
    publish(elsewhere, TOKEN, other);
    elsewhere.part();
    await("later notices are here", () -> replicated.find(other).isPresent());
    assertThat(replicated.find(STREAM)).isEmpty();

    Void _ = await(replica.refresh(STREAM));
    assertThat(replicated.find(STREAM)).contains(packager.snapshot());
    Void _ = await(replica.refresh(new StreamId("unknown")));

    carriedHere.clear();
    packager.part();
    isReplicated();
  }

  @Test
  void keysOfAnotherType_countAsMissing() {
    assertThat(await(link.commands().set(keys.index(), text("junk")))).isEqualTo("OK");
    assertThat(await(link.commands().set(keys.timeline(STREAM), text("junk")))).isEqualTo("OK");
    RedisTimelineReplica replica = replica();
    await("all that there is was read", replica::isFilled);
    assertThat(metrics.count("malformed")).isPositive();

    publish(packager, TOKEN);
    packager.part();
    isReplicated();

    await(
        "the stream is named",
        () ->
            await(link.orMissing(link.commands().zrange(keys.index(), 0, -1), List.of()))
                .equals(List.of(text(STREAM.value()))));
  }

  @Test
  void whatCannotBeRead_isCounted_andHurtsNobody() {
    replica();
    publish(packager, TOKEN);
    packager.part();
    isReplicated();
    StreamId other = new StreamId("other");
    assertThat(await(link.commands().publish(keys.channel(), text("nonsense")))).isPositive();
    assertThat(await(link.commands().zadd(keys.index(), 1.0, text("no stream!")))).isEqualTo(1);
    assertThat(await(link.commands().zadd(keys.index(), 1.0, text(other.value())))).isEqualTo(1);
    assertThat(await(link.commands().hset(keys.timeline(other), "t", text("x")))).isTrue();
    assertThat(await(link.commands().hset(keys.timeline(other), "v", text("1")))).isTrue();
    await("counted", () -> metrics.count("malformed") >= 3);
    assertThat(await(link.commands().hset(keys.timeline(other), "t", text("1")))).isFalse();
    assertThat(await(link.commands().hset(keys.timeline(other), "s", text("junk")))).isTrue();
    Bytes replaced = new TimelineNotice.Replaced(other, 1, 1).write();
    int before = metrics.count("malformed");
    assertThat(await(link.commands().publish(keys.channel(), replaced))).isPositive();
    await("counted", () -> metrics.count("malformed") > before);

    packager.part();

    isReplicated();
    assertThat(replicated.all()).hasSize(1);
  }

  @Test
  void whateverBreaks_allNodesSeeTheSameInTheEnd() {
    Random random = new Random(11);
    List<TestPackager> packagers = new ArrayList<>();
    RedisMediaPublisher first = null;
    for (int i = 0; i < 3; i++) {
      TestPackager one = new TestPackager(new StreamId("stream" + i), 5, 500, "source", "audio");
      packagers.add(one);
      first = publish(one, TOKEN, new StreamId("stream" + i));
    }
    replica();
    for (int step = 0; step < 300; step++) {
      TestPackager one = packagers.get(random.nextInt(3));
      one.segment(1 + random.nextInt(3));
      if (step % 60 == 20) {
        killSubscriptions();
      }
      if (step % 60 == 40) {
        assertThat(await(link.commands().flushall())).isEqualTo("OK");
      }
      if (step == 150) {
        redis.server.restart();
        await("connected", link::isOpen);
      }
    }

    for (TestPackager one : packagers) {
      await(
          "the same",
          () ->
              replicated
                  .find(one.snapshot().stream())
                  .map(shown -> shown.renditions().equals(one.snapshot().renditions()))
                  .orElse(false));
    }
    assertThat(first).isNotNull();
  }

  private void isReplicated() {
    await(
        "the packager's timeline is here",
        () -> replicated.find(STREAM).map(packager.snapshot()::equals).orElse(false));
  }

  private void killSubscriptions() {
    assertThat(await(link.commands().clientKill(KillArgs.Builder.typePubsub()))).isNotNegative();
  }

  private RedisTimelineReplica replica() {
    return replica(RedisTimelineReplica.GRACE);
  }

  private RedisTimelineReplica replica(Duration grace) {
    return redis.own(
        RedisTimelineReplica.start(
            redis.connections(metrics),
            replicated,
            carriedHere::contains,
            stream -> CompletableFuture.completedStage(Optional.ofNullable(onDisk.get(stream))),
            metrics,
            System::nanoTime,
            grace,
            Thread.ofPlatform().daemon().factory()));
  }

  private RedisMediaPublisher publish(TestPackager of, long token) {
    return publish(of, token, STREAM);
  }

  private RedisMediaPublisher publish(TestPackager of, long token, StreamId stream) {
    RedisMediaPublisher publisher =
        redis.own(
            RedisMediaPublisher.start(
                redis.connections(),
                of.timelines,
                of.segments,
                of.posters,
                RedisMetrics.NONE,
                System::nanoTime,
                Thread.ofPlatform().daemon().factory()));
    publisher.own(stream, token, () -> {});
    return publisher;
  }
}
