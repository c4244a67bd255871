package nova.backends.redis;

import static nova.backends.redis.PublishedStream.SOURCE;
import static nova.backends.redis.PublishedStream.STREAM;
import static nova.backends.redis.PublishedStream.settled;
import static nova.backends.redis.TestConnections.await;
import static nova.backends.redis.TestConnections.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nova.core.Bytes;
import nova.core.Epoch;
import nova.segments.Poster;
import nova.segments.SegmentKey;
import nova.segments.TimelineSegment;
import nova.segments.TimelineSnapshot;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// What a publisher does when Redis is emptied, forgets, hangs, is away or full, or holds what is
/// none of ours.
class RedisMediaRecoveryTest {
  @AutoClose private final PublishedStream stream = new PublishedStream();
  private final TestPackager packager = stream.packager;
  private final RedisMediaReader reader = stream.reader;
  private final RedisLink link = stream.link;
  private final MediaKeys keys = stream.keys;

  @Test
  void emptiedRedis_isFilledAgain() {
    RedisMediaPublisher publisher = stream.own(packager);
    for (int segment = 0; segment < 10; segment++) {
      packager.segment(2);
    }
    packager.posters.put(STREAM, new Poster(text("jpeg"), TestPackager.NOON));
    settled(publisher);

    stream.redis.server.restart();

    await("the timeline is there again", () -> stream.hasTimeline(packager.snapshot()));
    settled(publisher);
    stream.assertHasWhatIsListed(packager);
    assertThat(await(reader.poster(STREAM))).isPresent();
    assertThat(await(link.commands().get(keys.fence(STREAM)))).isEqualTo(text("1000"));
  }

  @Test
  void redisThatForgetsWithoutSayingSo_isFilledWithTheNextPart() {
    RedisMediaPublisher publisher = stream.own(packager);
    packager.segment(2);
    packager.part();
    settled(publisher);
    assertThat(await(link.commands().flushall())).isEqualTo("OK");

    packager.part();

    await("it is there", () -> stream.hasTimeline(packager.snapshot()));
    settled(publisher);
    stream.assertHasWhatIsListed(packager);
  }

  @Test
  void redisThatIsAway_neverHoldsThePackagerUp_andGetsEverythingLater() {
    RedisMediaPublisher publisher = stream.own(packager);
    packager.segment(2);
    settled(publisher);
    stream.redis.server.freeze();
    Instant start = Instant.now();
    for (int segment = 0; segment < 12; segment++) {
      packager.segment(2);
    }
    stream.redis.server.stop();
    for (int segment = 0; segment < 12; segment++) {
      packager.segment(2);
    }
    assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(2));

    stream.redis.server.start();

    await("it is there", () -> stream.hasTimeline(packager.snapshot()));
    settled(publisher);
    stream.assertHasWhatIsListed(packager);
  }

  @Test
  void fullRedis_isTriedAgain_andNamesNoPartThatIsNotThere() {
    assertThat(await(link.commands().configSet("maxmemory-policy", "noeviction"))).isEqualTo("OK");
    RedisMediaPublisher publisher = stream.own(packager);
    packager.segment(2);
    settled(publisher);
    TimelineSnapshot before = packager.snapshot();
    assertThat(await(link.commands().configSet("maxmemory", "1"))).isEqualTo("OK");

    packager.part();
    await("it is refused", () -> !publisher.isIdle());
    assertThat(await(stream.timeline())).contains(before);
    assertThat(await(link.commands().configSet("maxmemory", "0"))).isEqualTo("OK");

    await("it is there", () -> stream.hasTimeline(packager.snapshot()));
    settled(publisher);
    stream.assertHasWhatIsListed(packager);
  }

  @Test
  void redisThatRefusesWrites_isSentNoMedia_untilItTakesThem() {
    TestPackager large = new TestPackager(STREAM, 8, 500_000, "source");
    for (int segment = 0; segment < 4; segment++) {
      large.segment(1);
    }
    TestConnections.fill(stream.redis.server);
    long before = receivedBytes();

    RedisMediaPublisher publisher = stream.own(large);
    await("it was tried again", () -> stream.metrics.count("failed publish") > 2);

    assertThat(receivedBytes() - before).isLessThan(500_000);
    TestConnections.makeRoom(stream.redis.server);
    settled(publisher);
    stream.assertHasWhatIsListed(large);
  }

  @Test
  void fullRedis_isFreedOfWhatPlayersWantNoMore() {
    RedisMediaPublisher publisher = stream.own(packager);
    packager.segment(2);
    settled(publisher);
    TimelineSegment first = packager.snapshot().renditions().getFirst().segments().getFirst();
    String name = keys.segment(packager.key(SOURCE, first));
    assertThat(await(link.commands().exists(name))).isEqualTo(1);

    TestConnections.fill(stream.redis.server);
    while (packager.segments.part(packager.key(SOURCE, first), 0).isPresent()) {
      packager.segment(2);
    }

    await("the store's loss is that of Redis", () -> await(link.commands().exists(name)) == 0);
    TestConnections.makeRoom(stream.redis.server);
    settled(publisher);
    stream.assertHasWhatIsListed(packager);
  }

  /// What Redis was sent since it started.
  private long receivedBytes() {
    Matcher bytes =
        Pattern.compile("total_net_input_bytes:(\\d+)")
            .matcher(await(link.commands().info("stats")));
    assertThat(bytes.find()).isTrue();
    return Long.parseLong(bytes.group(1));
  }

  @Test
  void keysOfAnotherType_thatAreThereBefore_holdNothingUp() {
    packager.segment(2);
    packager.posters.put(STREAM, new Poster(text("jpeg"), TestPackager.NOON));
    TimelineSegment segment = packager.snapshot().renditions().getFirst().segments().getFirst();
    for (String name :
        List.of(
            keys.index(),
            keys.stored(STREAM),
            keys.segment(packager.key(SOURCE, segment)),
            keys.timeline(STREAM),
            keys.poster(STREAM),
            keys.fence(STREAM))) {
      assertThat(await(link.commands().lpush(name, text("junk")))).isOne();
    }

    // A command that is held back would be sent no sooner than it times out.
    RedisMediaPublisher publisher = stream.own(packager, stream.patientConfig());
    settled(publisher);

    stream.assertHasWhatIsListed(packager);
  }

  @Test
  void keyOfAnotherType_makesWay_andIsCounted() {
    RedisMediaPublisher publisher = stream.own(packager, stream.patientConfig());
    packager.segment(2);
    packager.posters.put(STREAM, new Poster(text("jpeg"), TestPackager.NOON));
    packager.part();
    settled(publisher);

    long next = packager.snapshot().renditions().getFirst().segments().getLast().number() + 1;
    List<String> names =
        List.of(
            keys.init(STREAM, SOURCE, new Epoch(1)),
            keys.segment(new SegmentKey(STREAM, SOURCE, new Epoch(1), next)),
            keys.timeline(STREAM),
            keys.poster(STREAM),
            keys.stored(STREAM),
            keys.fence(STREAM));
    packager.complete();
    packager.nextEpoch();
    for (String name : names) {
      settled(publisher);
      assertThat(await(link.commands().del(name))).isBetween(0L, 1L);
      assertThat(await(link.commands().lpush(name, text("junk")))).isOne();
      int before = stream.metrics.count("malformed wrong-type");
      packager.posters.put(
          STREAM, new Poster(text("jpeg"), TestPackager.NOON.plusSeconds(names.indexOf(name))));

      packager.part();

      await(name, () -> stream.hasTimeline(packager.snapshot()));
      settled(publisher);
      assertThat(stream.metrics.count("malformed wrong-type")).as(name).isGreaterThan(before);
      assertThat(await(link.commands().pttl(names.get(1)))).as(name).isPositive();
      assertThat(await(link.commands().smembers(keys.stored(STREAM))))
          .as(name)
          .contains(text(names.get(1)));
    }
    stream.assertHasWhatIsListed(packager);
    assertThat(await(reader.poster(STREAM))).isPresent();
    assertThat(await(link.commands().type(keys.stored(STREAM)))).isEqualTo("set");
    assertThat(stream.lost).hasValue(0);
  }

  @Test
  void timelineWithoutNumbers_isReplaced_andCanBeRemoved() {
    RedisMediaPublisher publisher = stream.own(packager);
    packager.segment(2);
    for (Map<String, Bytes> junk :
        List.of(
            Map.of("t", text("junk")),
            Map.of("v", text("junk")),
            Map.of("t", text("junk"), "v", text("junk")))) {
      settled(publisher);
      assertThat(await(link.commands().hset(keys.timeline(STREAM), junk))).isZero();

      packager.part();

      await("replaced", () -> stream.hasTimeline(packager.snapshot()));
    }
    settled(publisher);
    assertThat(await(link.commands().hset(keys.timeline(STREAM), "t", text("junk")))).isFalse();

    packager.remove();

    await(
        "only the fence is left",
        () -> await(link.commands().keys("nova:*")).equals(List.of(keys.fence(STREAM))));
  }

  @Test
  void streamOfAnotherType_canBeRemoved() {
    RedisMediaPublisher publisher = stream.own(packager);
    packager.segment(2);
    settled(publisher);
    assertThat(await(link.commands().set(keys.timeline(STREAM), text("junk")))).isEqualTo("OK");

    packager.remove();

    await(
        "only the fence is left",
        () -> await(link.commands().keys("nova:*")).equals(List.of(keys.fence(STREAM))));
  }
}
