package nova.app;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import nova.api.token.TokenAuthenticator;
import nova.app.config.AppConfig;
import nova.app.http.MetricsRoute;
import nova.app.metrics.DiskMeters;
import nova.backends.assignment.AssignedStreams;
import nova.backends.assignment.AssignmentPorts;
import nova.backends.assignment.KeptFrameLog;
import nova.backends.assignment.StreamStages;
import nova.backends.kafka.KafkaBackend;
import nova.backends.redis.RedisConnections;
import nova.backends.redis.RedisLadderStore;
import nova.backends.redis.RedisMediaPublisher;
import nova.backends.redis.RedisMediaReader;
import nova.backends.redis.RedisMetrics;
import nova.backends.redis.RedisPublishedMedia;
import nova.backends.redis.RedisTimelineReplica;
import nova.backends.redis.StreamLeases;
import nova.backends.redis.TimelineFallback;
import nova.backends.redis.TranscodeNodes;
import nova.control.ControlView;
import nova.core.InProcessStreamEvents;
import nova.core.NanoClock;
import nova.core.StreamEvents;
import nova.segments.DiskMediaWriter;
import nova.segments.InMemoryPosterStore;
import nova.segments.InMemorySegmentStore;
import nova.segments.InMemoryTimelineStore;

/// `nova transcode`: packages and encodes the streams whose leases this node has.
///
/// ```
/// Kafka ─▶ packager ─▶ segments and timelines of this process ─▶ Redis, and a folder of whole segments
///   └────▶ ladder ──▶─┘
/// Redis: leases, who has how much to do, which streams there are, timelines of others to go on with
/// ```
///
/// *Confined to the main thread.*
final class TranscodeRole {
  /// What a source of 1080p with its ladder takes, by and large.
  private static final int CORES_OF_A_STREAM = 2;

  private final RoleFoundation foundation;
  private final SharedBackends shared;
  private final Foundation base;
  private final AppConfig config;
  private final RedisMetrics metrics;
  private final NanoClock clock;
  private final ThreadFactory threads = Thread.ofPlatform().daemon().factory();

  private TranscodeRole(RoleFoundation foundation) {
    this.foundation = foundation;
    this.shared = foundation.shared();
    this.base = foundation.base();
    this.config = foundation.config();
    this.metrics = shared.redisMetrics();
    this.clock = base.nanoClock();
  }

  /// Starts; when this returns streams are taken.
  static void open(RoleFoundation foundation) {
    new TranscodeRole(foundation).open();
  }

  private void open() {
    JvmMemory.require(config.segments());
    KafkaBackend kafka = shared.kafka();
    StreamEvents events = kafka.events(); // heard before streams are looked for
    ControlView control = shared.controlView();
    RedisConnections redis = shared.redis();
    InMemorySegmentStore segments = new InMemorySegmentStore(config.segments());
    InMemoryTimelineStore timelines = new InMemoryTimelineStore(Failed::listener);
    InMemoryPosterStore posters = new InMemoryPosterStore();
    SegmentMemory.watch(base, segments);
    StreamLeases leases =
        own("leases", StreamLeases.open(redis, foundation.node(), metrics, threads));
    RedisMediaPublisher publisher =
        own(
            "media to Redis",
            RedisMediaPublisher.start(
                redis, timelines, segments, posters, metrics, clock, threads));
    RedisTimelineReplica replica =
        own(
            "timelines",
            RedisTimelineReplica.start(
                redis, timelines, publisher::owns, TimelineFallback.NONE, metrics, clock, threads));
    shared
        .mediaFolder()
        .ifPresent(
            folder ->
                own(
                    "media to disk",
                    DiskMediaWriter.start(
                        folder,
                        config.media(),
                        timelines,
                        segments,
                        posters,
                        publisher::token,
                        new DiskMeters(base.metrics()),
                        base.clock(),
                        threads)));
    InProcessStreamEvents local = new InProcessStreamEvents(Failed::subscriber);
    StreamStages stages =
        TranscodeWiring.open(
            base,
            new KeptFrameLog(kafka.frameLog()),
            local,
            new TranscodeWiring.Shelves(
                segments,
                Optional.of(new RedisPublishedMedia(RedisMediaReader.open(redis, metrics, clock))),
                timelines,
                posters,
                own("ladders", RedisLadderStore.open(redis, leases, metrics, threads))),
            () -> ControlWiring.ladderSteps(control.currentLevels()));
    foundation.serve(
        List.of(
            new MetricsRoute(
                base.metrics()::scrape,
                foundation.guard(new TokenAuthenticator(control.rights()::tokenOf)))));
    shared.awaitKafka(kafka);
    shared.awaitTimelines(replica);
    shared.tellMeasurements(redis, events); // before streams are heard of
    AssignedStreams assigned =
        own(
            "streams of this node",
            AssignedStreams.start(
                new AssignmentPorts(
                    foundation.node(),
                    Math.max(1, Runtime.getRuntime().availableProcessors() / CORES_OF_A_STREAM),
                    events,
                    local,
                    stages,
                    leases,
                    shared.registry(redis),
                    own("loads of nodes", TranscodeNodes.open(redis, metrics, threads)),
                    publisher,
                    replica,
                    timelines,
                    segments,
                    posters,
                    base.clock(),
                    clock,
                    threads)));
    AutoCloseable _ = own("readiness", foundation::leave);
    base.metrics()
        .gauge(
            "nova.assigned.streams",
            "Streams that this node carries.",
            "streams",
            assigned,
            AssignedStreams::streams);
    foundation.ready();
  }

  private <T extends AutoCloseable> T own(String name, T opened) {
    return base.lifecycle().own(name, opened);
  }
}
