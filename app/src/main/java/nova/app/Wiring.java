package nova.app;

import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import nova.api.Api;
import nova.api.ApiPorts;
import nova.app.config.AppConfig;
import nova.app.http.HealthCheck;
import nova.app.http.HealthRoutes;
import nova.app.http.HttpServers;
import nova.app.http.MetricsRoute;
import nova.app.keys.ConfiguredKeys;
import nova.app.keys.ControlAuthorizer;
import nova.app.metrics.Metrics;
import nova.backends.assignment.StreamStages;
import nova.control.ControlPorts;
import nova.control.streamkey.CaffeineStreamKeyCache;
import nova.core.InProcessStreamEvents;
import nova.core.StreamEvents;
import nova.delivery.InProcessViewerRegistry;
import nova.delivery.http.Delivery;
import nova.framelog.InProcessFrameLog;
import nova.ingest.RtmpServer;
import nova.ingest.publish.LocalChannelClaims;
import nova.segments.InMemoryPosterStore;
import nova.segments.InMemorySegmentStore;
import nova.segments.InMemoryTimelineStore;
import nova.segments.Poster;
import nova.segments.PosterStore;
import nova.segments.StoredMedia;
import nova.transcode.LadderStore;

/// Builds the whole server out of its stages, in one process: the only place where they meet.
///
/// ```
/// RTMP ─▶ ingest ─▶ frame log ─▶ packager ─▶ segment and timeline stores ─▶ delivery ─▶ HTTP
///            │         └▶ transcode ─▶ rung logs ─▶┘
///            └────────────── stream events ──────────────▶ api, transcode, packager
/// ```
///
/// *Confined to the main thread.*
final class Wiring {
  private static final int NOT_LISTENING = 0;

  private final AppConfig config;
  private final ConfiguredKeys keys;
  private final Lifecycle lifecycle;
  private volatile int rtmpPort = NOT_LISTENING; // until RTMP accepts, which is last

  private Wiring(AppConfig config, ConfiguredKeys keys, Lifecycle lifecycle) {
    this.config = config;
    this.keys = keys;
    this.lifecycle = lifecycle;
  }

  /// Starts everything; when this returns both ports accept. What was opened belongs to
  /// `lifecycle`, also when this throws.
  static RunningServer open(AppConfig config, ConfiguredKeys keys, Lifecycle lifecycle) {
    return new Wiring(config, keys, lifecycle).open();
  }

  /// Opened against the flow, so that whoever receives is there before anybody sends; closed along
  /// the flow: broadcasters first, and viewers last, who still fetch the end.
  private RunningServer open() {
    JvmMemory.require(config.segments());
    Foundation foundation = Foundation.of(config, lifecycle);
    InProcessStreamEvents events = new InProcessStreamEvents(Failed::subscriber);
    RtmpBroadcasts broadcasts = new RtmpBroadcasts();
    Future<ControlWiring> opening =
        ControlWiring.begin(
            foundation,
            keys,
            new ControlPorts(
                events,
                broadcasts,
                new CaffeineStreamKeyCache(foundation.nanoClock()),
                foundation.clock(),
                foundation.nanoClock(),
                new SecureRandom(),
                Thread.ofVirtual().factory()));
    HttpWiring http = HttpWiring.open(foundation);
    InProcessFrameLog frames = new InProcessFrameLog(config.frameLog());
    InMemorySegmentStore segments = new InMemorySegmentStore(config.segments());
    InMemoryTimelineStore timelines = new InMemoryTimelineStore(Failed::listener);
    InMemoryPosterStore posters = new InMemoryPosterStore();
    measureMemory(foundation.metrics(), frames);
    SegmentMemory.watch(foundation, segments);
    ControlWiring control = ControlWiring.opened(opening);
    control.measure(foundation.metrics());

    InProcessViewerRegistry viewers =
        new InProcessViewerRegistry(foundation.clock(), foundation.nanoClock(), new SecureRandom());
    Api api = openApi(foundation, events, control, posters, viewers);
    Delivery delivery =
        DeliveryWiring.open(
            foundation,
            new StoredMedia(segments, posters),
            timelines,
            control.rights(),
            viewers,
            events);
    HttpServers servers =
        http.serve(
            List.of(
                new HealthRoutes(
                    List.of(
                        HealthCheck.needed("server", this::isServing),
                        HealthCheck.needed("database", control.control()::databaseAnswers))),
                new MetricsRoute(foundation.metrics()::scrape, api.guard()),
                delivery::mount,
                api::mount)); // last, because it answers every path that nobody else knows
    AutoCloseable _ = lifecycle.own("held requests", delivery::stopHolding);
    AutoCloseable _ = lifecycle.own("viewers", servers::leave);
    StreamStages _ =
        TranscodeWiring.open(
            foundation,
            frames,
            events,
            new TranscodeWiring.Shelves(
                segments, Optional.empty(), timelines, posters, LadderStore.NONE),
            control::ladderSteps);
    RtmpServer rtmp =
        IngestWiring.open(
            foundation,
            frames,
            new LocalChannelClaims(),
            events,
            new ControlAuthorizer(
                keys, control.control().streamKeys(), Thread::startVirtualThread));
    broadcasts.listens(rtmp);
    rtmpPort = rtmp.address().getPort();
    Links links = Links.of(config, rtmpPort, servers.port(), servers.httpsPort());
    control.folder().announce(links.localHttp(), lifecycle);
    return new RunningServer(links, control.control());
  }

  private boolean isServing() {
    return rtmpPort != NOT_LISTENING && !lifecycle.isClosing();
  }

  private Api openApi(
      Foundation foundation,
      StreamEvents events,
      ControlWiring control,
      PosterStore posters,
      InProcessViewerRegistry viewers) {
    return lifecycle.own(
        "API",
        Api.open(
            config.api(),
            new ApiPorts(
                Version.current(),
                events,
                foundation.clock(),
                foundation.nanoClock(),
                Thread::startVirtualThread,
                control.authenticator(),
                control.control(),
                control.rights(),
                () -> rtmpPort,
                id -> posters.find(id).map(Poster::takenAt),
                id -> Optional.of(viewers.count(id)))));
  }

  private static void measureMemory(Metrics metrics, InProcessFrameLog frames) {
    metrics.gauge(
        "nova.framelog.size",
        "Frames kept in memory.",
        "bytes",
        frames,
        InProcessFrameLog::sizeBytes);
  }
}
