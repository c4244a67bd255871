package nova.app;

import java.security.SecureRandom;
import java.util.List;
import nova.api.Api;
import nova.api.ApiPorts;
import nova.app.config.AppConfig;
import nova.app.http.MetricsRoute;
import nova.app.keys.ConfiguredKeys;
import nova.backends.redis.RedisConnections;
import nova.backends.redis.RedisTimelineReplica;
import nova.backends.redis.RedisViewerCounts;
import nova.backends.redis.TimelineFallback;
import nova.control.ControlPorts;
import nova.control.stream.BroadcastsElsewhere;
import nova.core.OwnStreamEvents;
import nova.core.StreamEvents;
import nova.segments.InMemoryTimelineStore;

/// `nova api`: the REST API and the pages, which play from a delivery service. What broadcasts do
/// it learns from events and from the database, and it asks ingest to end one by an event.
///
/// *Confined to the main thread.*
final class ApiRole {
  private ApiRole() {}

  /// Starts; when this returns operators are answered. The first one on an empty database tells a
  /// stream key and a token.
  static void open(RoleFoundation foundation) {
    Foundation base = foundation.base();
    AppConfig config = foundation.config();
    SharedBackends shared = foundation.shared();
    StreamEvents everywhere = shared.kafka().events();
    OwnStreamEvents events = new OwnStreamEvents(everywhere, Failed::subscriber);
    RedisConnections redis = shared.redis();
    ControlWiring control =
        shared.control(
            ConfiguredKeys.parse(config.streamKeys()),
            new ControlPorts(
                events,
                events.own(),
                new BroadcastsElsewhere(events, base.clock()),
                new RegisteredStreams(shared.registry(redis)),
                shared.keyCache(redis),
                base.clock(),
                base.nanoClock(),
                new SecureRandom(),
                Thread.ofVirtual().factory()));
    RedisTimelineReplica timelines =
        base.lifecycle()
            .own(
                "timelines",
                RedisTimelineReplica.start(
                    redis,
                    new InMemoryTimelineStore(Failed::listener),
                    _ -> false,
                    TimelineFallback.NONE,
                    shared.redisMetrics(),
                    base.nanoClock(),
                    Thread.ofVirtual().factory()));
    RedisViewerCounts viewers =
        base.lifecycle()
            .own(
                "counts of viewers",
                RedisViewerCounts.open(
                    redis, shared.redisMetrics(), base.nanoClock(), Thread.ofVirtual().factory()));
    Api api =
        base.lifecycle()
            .own(
                "API",
                Api.open(
                    config.api(),
                    new ApiPorts(
                        Version.current(),
                        events,
                        base.clock(),
                        base.nanoClock(),
                        Thread::startVirtualThread,
                        control.authenticator(),
                        control.control(),
                        control.rights(),
                        config.rtmp()::port,
                        timelines::posterTakenAt,
                        viewers::count)));
    AutoCloseable _ =
        base.lifecycle()
            .own(
                "view of streams elsewhere",
                api.showStreamsElsewhere(Thread.ofVirtual().factory()));
    shared.tellMeasurements(redis, everywhere);
    foundation.serve(List.of(new MetricsRoute(base.metrics()::scrape, api.guard()), api::mount));
    foundation.readyForClients(() -> {});
    RunningServer running = new RunningServer(foundation.links(), control.control());
    shared.withDatabase(() -> FirstStart.make(config, running, System.err::println));
  }
}
