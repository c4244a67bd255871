package nova.backends.redis;

import static nova.backends.redis.TestConnections.await;
import static nova.backends.redis.TestConnections.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import nova.cluster.EmbeddedRedis;
import nova.core.ChannelSlug;
import nova.core.StreamId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// [LiveStreamRegistry] and [TranscodeNodes].
class RegistriesTest {
  private static final Instant NOON = Instant.parse("2026-11-01T12:00:00.123456Z");
  private static final AnnouncedStream SHOW =
      new AnnouncedStream(new StreamId("show1"), new ChannelSlug("show"), NOON);
  private static final AnnouncedStream EARLIER =
      new AnnouncedStream(new StreamId("early"), new ChannelSlug("e-1"), NOON.minusSeconds(5));

  private final ThreadFactory threads = Thread.ofPlatform().daemon().factory();
  private EmbeddedRedis redis;
  private RedisConnections ingest;
  private RedisConnections transcode;

  @BeforeEach
  void open() {
    redis = EmbeddedRedis.open();
    ingest = TestConnections.open(RedisConfig.at(redis.url()));
    transcode = TestConnections.open(RedisConfig.at(redis.url()));
  }

  @AfterEach
  void close() {
    ingest.close();
    transcode.close();
    redis.close();
  }

  @Test
  void redisThatIsFull_isToldOfStreamsAndNodes() {
    TestConnections.fill(redis);

    try (LiveStreamRegistry announcing = registry(ingest);
        LiveStreamRegistry looking = registry(transcode);
        TranscodeNodes nodes = TranscodeNodes.open(transcode, RedisMetrics.NONE, threads)) {
      announcing.announce(SHOW);
      NodeLoad load = new NodeLoad(new NodeId("here"), 1, 2);
      nodes.join(load.node(), () -> load);

      await("the stream is there", () -> await(looking.list()).equals(List.of(SHOW)));
      await("the node is there", () -> await(nodes.list()).equals(List.of(load)));
    }
  }

  @Test
  void announcedStreams_areListed_theOldestFirst_untilTheyAreWithdrawn() {
    try (LiveStreamRegistry announcing = registry(ingest);
        LiveStreamRegistry looking = registry(transcode)) {
      announcing.announce(SHOW);
      announcing.announce(EARLIER);
      await("both are there", () -> await(looking.list()).equals(List.of(EARLIER, SHOW)));

      announcing.withdraw(EARLIER.stream());

      await("one is gone", () -> await(looking.list()).equals(List.of(SHOW)));
      Instant later = Instant.now().plusSeconds(1);
      await("longer than it is remembered", () -> Instant.now().isAfter(later));
      assertThat(await(looking.list())).as("announced again and again").containsExactly(SHOW);
    }
  }

  @Test
  void streamsOfANodeThatFellSilent_areForgotten() {
    try (LiveStreamRegistry looking = registry(transcode)) {
      registry(ingest).announce(SHOW);
      await("it is there", () -> await(looking.list()).size() == 1);

      ingest.close();

      await("it is gone", () -> await(looking.list()).isEmpty());
    }
  }

  @Test
  void keysOfAnotherType_makeWayForAnnouncements() {
    RedisLink link = ingest.link(RedisArea.MEDIA, "test");
    assertThat(await(link.commands().set("nova:times:{live-streams}", text("junk"))))
        .isEqualTo("OK");
    assertThat(await(link.commands().set("nova:values:{live-streams}", text("junk"))))
        .isEqualTo("OK");
    try (LiveStreamRegistry announcing = registry(ingest);
        LiveStreamRegistry looking = registry(transcode)) {
      announcing.announce(SHOW);

      await("it is there", () -> await(looking.list()).equals(List.of(SHOW)));
    }
  }

  @Test
  void announcements_outliveARedisThatWasEmptied() {
    try (LiveStreamRegistry announcing = registry(ingest);
        LiveStreamRegistry looking = registry(transcode)) {
      announcing.announce(SHOW);
      await("it is there", () -> await(looking.list()).size() == 1);

      redis.restart();

      await(
          "it is there again",
          () -> await(looking.list().exceptionally(_ -> List.of())).equals(List.of(SHOW)));
    }
  }

  @Test
  void whatCannotBeRead_isLeftOut_andCounted() {
    AtomicInteger malformed = new AtomicInteger();
    RedisMetrics metrics =
        new RedisMetrics() {
          @Override
          public void malformed(String reason) {
            malformed.incrementAndGet();
          }
        };
    try (Presence streams =
            new Presence(ingest, RedisArea.MEDIA, "live-streams", metrics, seconds(3), threads);
        Presence nodes =
            new Presence(
                ingest, RedisArea.METRICS, "transcode-nodes", metrics, seconds(3), threads);
        LiveStreamRegistry registry = LiveStreamRegistry.open(ingest, metrics, threads);
        TranscodeNodes transcodeNodes = TranscodeNodes.open(ingest, metrics, threads)) {
      registry.announce(SHOW);
      streams.add("no stream!", () -> text("show " + NOON));
      streams.add("stream1", () -> text("show"));
      streams.add("stream2", () -> text("show yesterday"));
      streams.add("stream3", () -> text("no/channel " + NOON));
      streams.add("stream4", () -> text("show " + "x".repeat(1_000)));
      for (String load : List.of("1", "1/0", "-1/2", "9999999/1", "")) {
        nodes.add("node" + load.length() + load.hashCode(), () -> text(load));
      }
      await(
          "all arrived",
          () -> await(streams.list()).size() == 6 && await(nodes.list()).size() == 5);

      assertThat(await(registry.list())).containsExactly(SHOW);
      assertThat(malformed).hasValue(5);
      assertThat(await(transcodeNodes.list())).isEmpty();
      assertThat(malformed).hasValue(10);
    }
  }

  @Test
  void nodes_tellWhatTheyHaveToDo_asItChanges() {
    AtomicInteger streams = new AtomicInteger(1);
    NodeId b = new NodeId("b");
    NodeId a = new NodeId("a");
    try (TranscodeNodes one = TranscodeNodes.open(ingest, RedisMetrics.NONE, threads);
        TranscodeNodes two = TranscodeNodes.open(transcode, RedisMetrics.NONE, threads)) {
      one.join(b, () -> new NodeLoad(b, streams.get(), 4));
      two.join(a, () -> new NodeLoad(a, 0, 8));
      await(
          "both are there",
          () -> await(two.list()).equals(List.of(new NodeLoad(a, 0, 8), new NodeLoad(b, 1, 4))));

      streams.set(3);

      await("more to do", () -> await(two.list()).contains(new NodeLoad(b, 3, 4)));
      one.leave(b);
      await("one left", () -> await(two.list()).equals(List.of(new NodeLoad(a, 0, 8))));
    }
  }

  private LiveStreamRegistry registry(RedisConnections connections) {
    return LiveStreamRegistry.open(connections, RedisMetrics.NONE, Duration.ofMillis(600), threads);
  }

  private static Duration seconds(long seconds) {
    return Duration.ofSeconds(seconds);
  }
}
