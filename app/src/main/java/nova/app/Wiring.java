package nova.app;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import nova.api.Api;
import nova.api.ApiPorts;
import nova.app.config.AppConfig;
import nova.app.error.ListenFailure;
import nova.app.http.HealthRoutes;
import nova.app.http.HttpServers;
import nova.app.http.MetricsRoute;
import nova.app.http.RouteMount;
import nova.app.http.transport.DeadlineTransport;
import nova.app.keys.ConfiguredKeys;
import nova.app.keys.ControlAuthorizer;
import nova.app.metrics.DeliveryMeters;
import nova.app.metrics.HttpMeters;
import nova.app.metrics.IngestMeters;
import nova.app.metrics.Metrics;
import nova.app.metrics.PackagerMeters;
import nova.app.metrics.TranscodeMeters;
import nova.app.playback.TokenGate;
import nova.core.InProcessStreamEvents;
import nova.core.NanoClock;
import nova.core.StreamEvent;
import nova.delivery.DeliveryPorts;
import nova.delivery.http.Delivery;
import nova.framelog.InProcessFrameLog;
import nova.framelog.InProcessRungLogs;
import nova.ingest.IngestPorts;
import nova.ingest.RtmpServer;
import nova.packager.Packager;
import nova.packager.PackagerPorts;
import nova.segments.InMemoryPosterStore;
import nova.segments.InMemorySegmentStore;
import nova.segments.InMemoryTimelineStore;
import nova.segments.Poster;
import nova.segments.TimelineSnapshot;
import nova.transcode.TranscodePorts;
import nova.transcode.Transcoder;
import nova.transcode.WorkerProgram;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Builds the whole server out of its stages: the only place where they meet.
///
/// ```
/// RTMP ─▶ ingest ─▶ frame log ─▶ packager ─▶ segment and timeline stores ─▶ delivery ─▶ HTTP
///            │         └▶ transcode ─▶ rung logs ─▶┘
///            └────────────── stream events ──────────────▶ api, transcode, packager
/// ```
///
/// *Confined to the main thread.*
final class Wiring {
  private static final Logger log = LoggerFactory.getLogger(Wiring.class);
  private static final int STOP_SECONDS = 2;
  private static final int NOT_LISTENING = 0;
  private static final String WORKER = "nova.worker.LadderWorker";

  private final AppConfig config;
  private final ConfiguredKeys keys;
  private final Lifecycle lifecycle;
  private final InstantSource clock = InstantSource.system();
  private final NanoClock nanoClock = System::nanoTime;
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
    DirectMemory.require(config.segments());
    InProcessStreamEvents events = new InProcessStreamEvents(Wiring::subscriberFailed);
    Future<ControlWiring> opening =
        ControlWiring.begin(config, keys, events, clock, nanoClock, lifecycle);
    int eventLoops = eventLoops();
    Vertx vertx = openVertx(eventLoops);
    Metrics metrics = lifecycle.own("metrics", new Metrics());
    InProcessFrameLog frames = new InProcessFrameLog(config.frameLog());
    InProcessRungLogs rungs = new InProcessRungLogs(config.frameLog());
    InMemorySegmentStore segments = new InMemorySegmentStore(config.segments());
    InMemoryTimelineStore timelines = new InMemoryTimelineStore(Wiring::listenerFailed);
    InMemoryPosterStore posters = new InMemoryPosterStore();
    measureMemory(metrics, frames, segments);
    ControlWiring control = ControlWiring.opened(opening);
    control.measure(metrics);
    SegmentReclaimer _ =
        lifecycle.own("segment reclaimer", SegmentReclaimer.start(segments::sizeBytes));

    Api api =
        lifecycle.own(
            "API",
            Api.open(
                config.api(),
                new ApiPorts(
                    Version.current(),
                    events,
                    clock,
                    nanoClock,
                    Thread::startVirtualThread,
                    control.authenticator(),
                    control.control(),
                    control.rights(),
                    () -> rtmpPort,
                    id -> posters.find(id).map(Poster::takenAt))));
    Delivery delivery =
        lifecycle.own(
            "delivery",
            Delivery.open(
                config.delivery(),
                new DeliveryPorts(
                    segments,
                    timelines,
                    posters,
                    new TokenGate(control.rights()),
                    new DeliveryMeters(metrics),
                    clock,
                    nanoClock)));
    HttpServers http = openHttp(vertx, eventLoops, metrics, control, delivery, api);
    Packager packager =
        lifecycle.own(
            "packager",
            Packager.start(
                config.packager(),
                new PackagerPorts(
                    frames,
                    config.frameLog().keep(),
                    rungs,
                    segments,
                    timelines,
                    events,
                    clock,
                    Thread.ofVirtual().factory(),
                    new PackagerMeters(metrics))));
    metrics.gauge(
        "nova.packager.streams",
        "Streams being packaged, and ended ones still watchable.",
        "streams",
        packager,
        Packager::streams);
    openTranscoder(events, frames, rungs, control, metrics);
    new PosterWiring(config, lifecycle, metrics)
        .open(events, frames, timelines, posters, nanoClock);
    RtmpServer rtmp = openRtmp(frames, events, control, metrics);
    Links links = Links.of(config, rtmp.address().getPort(), http.port(), http.httpsPort());
    control.announce(links.localHttp(), lifecycle);
    return new RunningServer(links, control.control());
  }

  private void openTranscoder(
      InProcessStreamEvents events,
      InProcessFrameLog frames,
      InProcessRungLogs rungs,
      ControlWiring control,
      Metrics metrics) {
    Transcoder _ =
        lifecycle.own(
            "transcoder",
            Transcoder.start(
                config.transcode(),
                new TranscodePorts(
                    events,
                    frames,
                    rungs,
                    control::ladderSteps,
                    worker(),
                    Runtime.getRuntime().availableProcessors(),
                    clock,
                    nanoClock,
                    Thread.ofPlatform().daemon().factory(),
                    new SecureRandom(),
                    new TranscodeMeters(metrics))));
  }

  private static WorkerProgram worker() {
    return WorkerJars.find()
        .<WorkerProgram>map(jars -> new WorkerProgram.Command(jars.command(WORKER)))
        .orElse(
            new WorkerProgram.Missing(
                "this installation has no worker (expected: its jars in the folder that"
                    + " -Dnova.worker names, as the nova command does)"));
  }

  private RtmpServer openRtmp(
      InProcessFrameLog frames,
      InProcessStreamEvents events,
      ControlWiring control,
      Metrics metrics) {
    IngestPorts ports =
        new IngestPorts(
            frames,
            events,
            new ControlAuthorizer(keys, control.control().streamKeys(), Thread::startVirtualThread),
            new IngestMeters(metrics),
            clock,
            nanoClock,
            new SecureRandom());
    try {
      RtmpServer rtmp = lifecycle.own("RTMP", RtmpServer.start(config.rtmp(), ports));
      control.listens(rtmp);
      rtmpPort = rtmp.address().getPort();
      return rtmp;
    } catch (IOException e) {
      throw ListenFailure.explain(
          "RTMP", "--rtmp-port", config.rtmp().bind(), config.rtmp().port(), e);
    }
  }

  private int eventLoops() {
    int configured = config.http().eventLoops();
    return configured > 0 ? configured : Runtime.getRuntime().availableProcessors();
  }

  private Vertx openVertx(int eventLoops) {
    Vertx vertx =
        Vertx.builder()
            .with(new VertxOptions().setEventLoopPoolSize(eventLoops))
            .withTransport(DeadlineTransport.best(config.http().headerTimeout()))
            .build();
    lifecycle.own("event loops", () -> vertx.close().await(STOP_SECONDS, TimeUnit.SECONDS));
    return vertx;
  }

  private HttpServers openHttp(
      Vertx vertx,
      int eventLoops,
      Metrics metrics,
      ControlWiring control,
      Delivery delivery,
      Api api) {
    List<RouteMount> mounts =
        List.of(
            new HealthRoutes(
                () ->
                    rtmpPort != NOT_LISTENING
                        && !lifecycle.isClosing()
                        && control.control().databaseAnswers()),
            new MetricsRoute(metrics::scrape, api.guard()),
            delivery::mount,
            api::mount); // last, because it answers every path that nobody else knows
    return lifecycle.own(
        "HTTP",
        HttpServers.open(
            vertx, config.http(), eventLoops, nanoClock, new HttpMeters(metrics), mounts));
  }

  private static void measureMemory(
      Metrics metrics, InProcessFrameLog frames, InMemorySegmentStore segments) {
    metrics.gauge(
        "nova.framelog.size",
        "Frames kept in memory.",
        "bytes",
        frames,
        InProcessFrameLog::sizeBytes);
    metrics.gauge(
        "nova.segments.size",
        "Segments kept in memory.",
        "bytes",
        segments,
        InMemorySegmentStore::sizeBytes);
    metrics.count(
        "nova.segments.evicted",
        "Bytes dropped because the store was full.",
        "bytes",
        segments,
        InMemorySegmentStore::evictedBytes);
  }

  private static void subscriberFailed(StreamEvent event, RuntimeException failure) {
    log.atError()
        .addKeyValue("stream", event.stream())
        .addKeyValue("event", event.getClass().getSimpleName())
        .setCause(failure)
        .log("a subscriber of stream events failed");
  }

  private static void listenerFailed(TimelineSnapshot snapshot, RuntimeException failure) {
    log.atError()
        .addKeyValue("stream", snapshot.stream())
        .setCause(failure)
        .log("a listener of timelines failed");
  }
}
