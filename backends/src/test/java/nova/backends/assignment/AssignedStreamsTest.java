package nova.backends.assignment;

import static nova.backends.assignment.TestViewers.AUDIO;
import static nova.backends.assignment.TestViewers.SOURCE;
import static nova.backends.redis.TestConnections.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import nova.backends.redis.Lease;
import nova.backends.redis.LiveStreamRegistry;
import nova.backends.redis.NodeId;
import nova.backends.redis.NodeLoad;
import nova.backends.redis.RedisConfig;
import nova.backends.redis.RedisConnections;
import nova.backends.redis.RedisMetrics;
import nova.backends.redis.StreamLeases;
import nova.backends.redis.TestConnections;
import nova.backends.redis.TranscodeNodes;
import nova.cluster.EmbeddedRedis;
import nova.core.Bytes;
import nova.core.ChannelSlug;
import nova.core.DataSize;
import nova.core.InProcessStreamEvents;
import nova.core.RenditionId;
import nova.core.StreamEvent;
import nova.core.StreamEvent.BitrateAdapted;
import nova.core.StreamEvent.RungStarted;
import nova.core.StreamEvent.SegmentGenerated;
import nova.core.StreamEvent.StreamEnded;
import nova.core.StreamEvent.StreamMeasured;
import nova.core.StreamEvent.StreamStarted;
import nova.core.StreamHealth;
import nova.core.StreamId;
import nova.framelog.FrameLogConfig;
import nova.framelog.InProcessFrameLog;
import nova.framelog.InProcessRungLogs;
import nova.framelog.SyntheticBroadcast;
import nova.packager.Packager;
import nova.packager.PackagerConfig;
import nova.packager.PackagerMetrics;
import nova.packager.PackagerPorts;
import nova.segments.InMemorySegmentStore;
import nova.segments.InMemoryTimelineStore;
import nova.segments.RenditionTimeline;
import nova.segments.SegmentStoreConfig;
import nova.segments.TimelineSegment;
import nova.segments.TimelineSnapshot;
import nova.segments.TimelineSnapshot.TimelineState;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Nodes on one Redis, one bus and one log, and what viewers see of their streams.
class AssignedStreamsTest {
  private static final FrameLogConfig LOGS =
      new FrameLogConfig(Duration.ofHours(1), DataSize.ofMiB(64));

  private static final EmbeddedRedis REDIS = EmbeddedRedis.open();

  private final InProcessFrameLog frames = new InProcessFrameLog(LOGS);
  private final InProcessFrameLog reference = new InProcessFrameLog(LOGS);
  private final InProcessStreamEvents shared = TestNode.bus();
  private final List<StreamEvent> said = new CopyOnWriteArrayList<>(); // to all
  private final List<AutoCloseable> opened = new ArrayList<>();
  private final RedisConnections connections =
      own(TestConnections.open(RedisConfig.at(REDIS.url())));
  private final LiveStreamRegistry registry =
      own(LiveStreamRegistry.open(connections, RedisMetrics.NONE, Thread.ofVirtual().factory()));
  private final TranscodeNodes nodes =
      own(TranscodeNodes.open(connections, RedisMetrics.NONE, Thread.ofVirtual().factory()));
  private final StreamLeases leases =
      own(
          StreamLeases.open(
              connections, new NodeId("another"), RedisMetrics.NONE, Thread.ofVirtual().factory()));
  private final TestViewers viewers = own(new TestViewers(connections));

  @AfterAll
  static void stopRedis() {
    REDIS.close();
  }

  @BeforeEach
  void listen() {
    var _ = shared.subscribe(said::add);
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : opened.reversed()) {
      one.close();
    }
  }

  private <T extends AutoCloseable> T own(T one) {
    opened.add(one);
    return one;
  }

  private TestNode node(String name) {
    return own(new TestNode(name, REDIS, frames, shared, PackagerConfig.defaults()));
  }

  private TestBroadcast broadcast() {
    return new TestBroadcast(registry, shared, frames, reference).start();
  }

  private static void awaitStreams(TestNode node, int streams) {
    await(
        "%s carries %d streams".formatted(node.id, streams),
        () -> node.assigned.streams() == streams);
  }

  @Test
  void nodeThatIsGone_isReplaced_withTheSameNumbers_andNothingMissing() throws Exception {
    TestNode first = node("first");
    TestBroadcast broadcast = broadcast();
    broadcast.until(7);
    Map<String, Bytes> published = viewers.media(viewers.awaitParts(broadcast.id, 4, 2));
    TestNode second = node("second");

    first.kill();
    broadcast.until(9);
    awaitStreams(second, 1);
    broadcast.end();

    assertWhole(broadcast, published);
    assertThat(second.heard.getFirst()).isInstanceOf(StreamStarted.class);
    assertThat(second.heard).noneMatch(StreamMeasured.class::isInstance);
  }

  @Test
  void nodeThatIsDrained_handsOverBehindASegment_andNothingIsMissing() throws Exception {
    TestNode first = node("first");
    TestBroadcast broadcast = broadcast();
    broadcast.until(7);
    Map<String, Bytes> published = viewers.media(viewers.awaitParts(broadcast.id, 4, 2));
    TestNode second = node("second");

    Thread draining = Thread.ofVirtual().start(first::drain);
    await("it is drained", () -> goOnUntilDrained(broadcast, draining));
    TimelineSnapshot left = first.timelines.find(broadcast.id).orElseThrow();
    awaitStreams(second, 1);
    broadcast.end();

    assertWhole(broadcast, published);
    assertThat(left.renditions()).allMatch(rendition -> rendition.segments().getLast().complete());
    assertThat(first.assigned.streams()).isZero();
    assertThat(first.segments.sizeBytes()).isZero();
    assertThat(said).noneMatch(StreamEvent.StreamError.class::isInstance);
  }

  private static boolean goOnUntilDrained(TestBroadcast broadcast, Thread draining) {
    broadcast.goOn(0.02);
    return !draining.isAlive();
  }

  @Test
  void streamWhoseLeaseAnotherNodeHas_isLetGoOfAtOnce_andTakenBackWhenItIsFree() throws Exception {
    TestNode node = node("first");
    TestBroadcast broadcast = broadcast();
    broadcast.until(7);
    Map<String, Bytes> published = viewers.media(viewers.awaitParts(broadcast.id, 4, 2));

    Lease taken = takeAway(broadcast.id);
    awaitStreams(node, 0);
    assertThat(node.released).containsExactly(broadcast.id);
    assertThat(node.packager.streams()).isZero();
    assertThat(node.segments.sizeBytes()).isZero();
    long version = viewers.timelines.find(broadcast.id).orElseThrow().version();
    int heard = node.heard.size();
    broadcast.until(9);
    shared.publish(
        new StreamMeasured(broadcast.id, SyntheticBroadcast.BEGIN, StreamHealth.NOTHING));
    node.local.publish(adapted(broadcast.id));
    assertThat(node.heard).hasSize(heard + 1); // its own
    assertThat(said).noneMatch(BitrateAdapted.class::isInstance);
    assertThat(viewers.timelines.find(broadcast.id).orElseThrow().version()).isEqualTo(version);

    await(taken.release());
    awaitStreams(node, 1);
    broadcast.end();
    assertWhole(broadcast, published);
  }

  private static BitrateAdapted adapted(StreamId stream) {
    return new BitrateAdapted(stream, Instant.EPOCH, "preset-superfast", "it is slow");
  }

  /// Takes a lease that another node holds, as if it had ended.
  private Lease takeAway(StreamId stream) {
    try (RedisClient client = RedisClient.create(REDIS.url() + "/1")) {
      var commands = client.connect().sync();
      Optional<Lease> taken = Optional.empty();
      while (taken.isEmpty()) { // it may be renewed in between
        long _ = commands.del("nova:lease:{" + stream + "}");
        taken = await(leases.acquire(stream));
      }
      return taken.get();
    }
  }

  @Test
  void nodeThatIsCutOffFromRedis_goesOn_butSaysNothing_untilItsLeaseIsSureAgain() throws Exception {
    TestNode node = node("first");
    TestBroadcast broadcast = broadcast();
    broadcast.until(7);
    Map<String, Bytes> published = viewers.media(viewers.awaitParts(broadcast.id, 4, 2));

    node.link.close();
    await("the lease has ended", () -> await(leases.holders(List.of(broadcast.id))).isEmpty());
    node.local.publish(adapted(broadcast.id));
    broadcast.until(9);
    await("it goes on", () -> TestViewers.has(node.timelines, broadcast.id, 5, 2));
    assertThat(said).noneMatch(BitrateAdapted.class::isInstance);
    assertThat(node.released).isEmpty();

    node.link.restore();
    viewers.awaitParts(broadcast.id, 5, 2);
    await("it is said", () -> said.contains(adapted(broadcast.id)));
    broadcast.end();
    assertWhole(broadcast, published);
  }

  @Test
  void streamsAreDealtOut_alsoThoseThatStartedBefore() {
    TestBroadcast early = broadcast();
    TestBroadcast alsoEarly = broadcast();
    TestNode first = node("first");
    await("both are found", () -> first.assigned.streams() == 2);
    TestNode second = node("second");
    TestBroadcast third = broadcast();
    awaitStreams(second, 1);
    TestBroadcast fourth = broadcast();

    awaitStreams(second, 2);
    assertThat(first.assigned.streams()).isEqualTo(2);
    assertThat(await(leases.holders(List.of(early.id, alsoEarly.id, third.id, fourth.id))))
        .containsOnly(
            Map.entry(early.id, first.id),
            Map.entry(alsoEarly.id, first.id),
            Map.entry(third.id, second.id),
            Map.entry(fourth.id, second.id));
  }

  @Test
  void fourStreamsThatStartTogether_areTwoForEachOfTwoNodes() {
    TestNode first = node("first");
    TestNode second = node("second");
    for (int i = 0; i < 4; i++) {
      TestBroadcast _ = broadcast();
    }

    await("all are carried", () -> first.assigned.streams() + second.assigned.streams() == 4);
    assertThat(first.assigned.streams()).isEqualTo(2);
    assertThat(second.assigned.streams()).isEqualTo(2);
  }

  @Test
  void stagesHearOfTheirOwnStreamsOnly_andAllHearWhatTheySay() {
    TestNode first = node("first");
    TestBroadcast broadcast = broadcast();
    awaitStreams(first, 1);
    TestNode second = node("second");
    broadcast.until(7);
    viewers.awaitParts(broadcast.id, 4, 2);
    first.local.publish(adapted(broadcast.id));

    assertThat(second.heard).isEmpty();
    assertThat(said).filteredOn(adapted(broadcast.id)::equals).hasSize(1);
    assertThat(first.heard).filteredOn(adapted(broadcast.id)::equals).hasSize(1);
    List<SegmentGenerated> generated =
        said.stream()
            .filter(SegmentGenerated.class::isInstance)
            .map(SegmentGenerated.class::cast)
            .toList();
    assertThat(generated).isNotEmpty().doesNotHaveDuplicates();
    assertThat(first.heard).filteredOn(StreamStarted.class::isInstance).hasSize(1);
    StreamEvent late = new RungStarted(broadcast.id, Instant.EPOCH, new RenditionId("480p"), 7);
    shared.publish(late); // of a node that carried the stream before
    assertThat(first.heard).doesNotContain(late);
    second.local.publish(adapted(broadcast.id)); // not its stream
    assertThat(said).filteredOn(adapted(broadcast.id)::equals).hasSize(1);
    broadcast.end();
  }

  @Test
  void streamThatIsOver_staysWithItsNode_untilItsPackagerForgetsIt() {
    PackagerConfig forgetful =
        new PackagerConfig(Duration.ofMillis(334), Duration.ofSeconds(60), Duration.ofSeconds(2));
    TestNode first = own(new TestNode("first", REDIS, frames, shared, forgetful));
    TestBroadcast broadcast = broadcast();
    awaitStreams(first, 1);
    TestNode second = node("second");
    broadcast.end();

    TimelineSnapshot ended =
        viewers.awaitTimeline("it ends", broadcast.id, now -> now.endedAt().isPresent());
    assertThat(ended.state()).isEqualTo(TimelineState.ENDED);
    assertThat(await(leases.holders(List.of(broadcast.id)))).containsValue(first.id);
    await("it is forgotten", () -> viewers.timelines.find(broadcast.id).isEmpty());
    awaitStreams(first, 0);
    assertThat(await(leases.holders(List.of(broadcast.id)))).isEmpty();
    assertThat(second.heard).isEmpty();
  }

  @Test
  void streamThatEndsWhileNobodyCarriesIt_isBroughtToItsEnd() throws Exception {
    TestNode first = node("first");
    TestBroadcast broadcast = broadcast();
    broadcast.until(7);
    Map<String, Bytes> published = viewers.media(viewers.awaitParts(broadcast.id, 4, 2));
    TestNode second = node("second");

    first.kill();
    broadcast.end();

    assertWhole(broadcast, published);
    assertThat(second.heard).last().isInstanceOf(SegmentGenerated.class);
    assertThat(second.heard).anyMatch(StreamEnded.class::isInstance);
  }

  @Test
  void streamThatNobodyAnnouncesAnyMore_isEnded_byTheNodeThatCarriesIt() {
    TestNode node = node("first");
    TestBroadcast broadcast = broadcast();
    broadcast.until(7);
    TimelineSnapshot _ = viewers.awaitParts(broadcast.id, 4, 2);

    registry.withdraw(broadcast.id);
    await("it is withdrawn", () -> await(registry.list()).isEmpty());
    node.aheadNanos.addAndGet(Duration.ofSeconds(4).toNanos()); // that it started is no news now
    awaitLooks();
    node.aheadNanos.addAndGet(Duration.ofSeconds(30).toNanos());
    awaitLooks();
    assertThat(await(nodes.list())).extracting(NodeLoad::node).contains(node.id);
    assertThat(endings(node, broadcast)).as("half a minute later").isEmpty();
    await(
        "a minute later",
        () -> {
          node.aheadNanos.addAndGet(Duration.ofSeconds(1).toNanos());
          return !endings(node, broadcast).isEmpty();
        });

    TimelineSnapshot _ =
        viewers.awaitTimeline("it ends", broadcast.id, now -> now.endedAt().isPresent());
    assertThat(endings(node, broadcast)).hasSize(1);
  }

  /// Nodes look for streams four times a second.
  private static void awaitLooks() {
    Instant later = Instant.now().plusSeconds(1);
    await("nodes look", () -> Instant.now().isAfter(later));
  }

  @Test
  void redisThatRefusesWrites_endsNoStream_howeverLong_andMovesNone() throws Exception {
    TestNode first = node("first");
    TestBroadcast broadcast = broadcast();
    broadcast.until(7);
    Map<String, Bytes> published = viewers.media(viewers.awaitParts(broadcast.id, 4, 2));
    TestNode second = node("second");

    REDIS.refuseWrites();
    try {
      await(
          "nothing is announced, not even a node",
          () -> await(registry.list()).isEmpty() && await(nodes.list()).isEmpty());
      Instant later = Instant.now().plusSeconds(3);
      await(
          "minutes pass, and both nodes look",
          () -> {
            first.aheadNanos.addAndGet(Duration.ofSeconds(1).toNanos());
            second.aheadNanos.addAndGet(Duration.ofSeconds(1).toNanos());
            return Instant.now().isAfter(later);
          });
      assertThat(endings(first, broadcast)).isEmpty();
      assertThat(await(leases.holders(List.of(broadcast.id)))).isEmpty();
    } finally {
      REDIS.takeWrites();
    }

    await("it is held", () -> !await(leases.holders(List.of(broadcast.id))).isEmpty());
    assertThat(await(leases.holders(List.of(broadcast.id)))).containsValue(first.id);
    assertThat(second.heard).isEmpty();
    assertThat(first.released).isEmpty();
    broadcast.end();
    assertWhole(broadcast, published);
  }

  /// Other tests leave streams that nobody announces, too.
  private static List<StreamEvent> endings(TestNode node, TestBroadcast broadcast) {
    return node.heard.stream()
        .filter(event -> event.stream().equals(broadcast.id))
        .filter(StreamEvent.StreamError.class::isInstance)
        .toList();
  }

  /// Viewers have what one packager alone makes of the broadcast.
  private void assertWhole(TestBroadcast broadcast, Map<String, Bytes> published) throws Exception {
    TimelineSnapshot ended =
        viewers.awaitTimeline("it ends", broadcast.id, now -> now.endedAt().isPresent());
    viewers.assertMonotone(broadcast.id);
    Map<String, Bytes> media = viewers.media(ended);
    assertThat(media).containsAllEntriesOf(published);
    InMemorySegmentStore segments = new InMemorySegmentStore(SegmentStoreConfig.defaults());
    TimelineSnapshot alone = packagedAlone(broadcast.id, segments);
    for (RenditionId id : List.of(SOURCE, AUDIO)) {
      assertThat(segments(ended, id)).as(id.toString()).isEqualTo(segments(alone, id));
    }
    assertThat(media).isEqualTo(TestViewers.media(alone, segments));
  }

  private static List<TimelineSegment> segments(TimelineSnapshot timeline, RenditionId id) {
    return timeline.rendition(id).map(RenditionTimeline::segments).orElseThrow();
  }

  private TimelineSnapshot packagedAlone(StreamId stream, InMemorySegmentStore segments) {
    InMemoryTimelineStore timelines =
        new InMemoryTimelineStore(
            (_, failure) -> {
              throw new AssertionError(failure);
            });
    InProcessStreamEvents events = TestNode.bus();
    try (Packager _ =
        Packager.start(
            PackagerConfig.defaults(),
            new PackagerPorts(
                reference,
                LOGS.keep(),
                new InProcessRungLogs(LOGS),
                segments,
                segments,
                timelines,
                events,
                InstantSource.system(),
                System::nanoTime,
                Thread.ofVirtual().factory(),
                PackagerMetrics.NONE))) {
      events.publish(
          new StreamStarted(
              stream,
              SyntheticBroadcast.BEGIN,
              new ChannelSlug("live"),
              "127.0.0.1",
              "",
              Optional.empty()));
      await(
          "it is packaged",
          () -> timelines.find(stream).flatMap(TimelineSnapshot::endedAt).isPresent());
    }
    return timelines.find(stream).orElseThrow();
  }
}
