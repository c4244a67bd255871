package nova.app;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import nova.api.Api;
import nova.api.ApiPorts;
import nova.app.config.AppConfig;
import nova.app.http.HealthRoutes;
import nova.app.http.HttpServers;
import nova.app.http.RouteMount;
import nova.app.keys.StreamKeys;
import nova.core.InProcessStreamEvents;
import nova.core.StreamEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Builds the whole server out of its stages: the only place where they meet.
///
/// ```
/// RTMP ─▶ ingest ─▶ frame log ─▶ packager ─▶ segment and timeline stores ─▶ delivery ─▶ HTTP
///            └────────────── stream events ──────────────▶ api, metrics ─────────────▶ HTTP
/// ```
///
/// *Immutable.*
final class Wiring {
  private static final Logger log = LoggerFactory.getLogger(Wiring.class);
  private static final int STOP_SECONDS = 2;

  private final Links links;

  private Wiring(Links links) {
    this.links = links;
  }

  /// Starts everything; when this returns both ports accept. What was opened belongs to
  /// `lifecycle`, also when this throws.
  static Wiring open(AppConfig config, StreamKeys keys, Lifecycle lifecycle) {
    int loops = config.http().eventLoops();
    int eventLoops = loops > 0 ? loops : Runtime.getRuntime().availableProcessors();
    Vertx vertx =
        Vertx.vertx(
            new VertxOptions().setEventLoopPoolSize(eventLoops).setPreferNativeTransport(true));
    lifecycle.own("event loops", () -> vertx.close().await(STOP_SECONDS, TimeUnit.SECONDS));

    InProcessStreamEvents events = new InProcessStreamEvents(Wiring::subscriberFailed);
    Api api =
        lifecycle.own(
            "API",
            Api.open(config.api(), new ApiPorts(events, InstantSource.system(), () -> 1935)));
    List<RouteMount> mounts = List.of(new HealthRoutes(() -> !lifecycle.isClosing()), api::mount);
    HttpServers http =
        lifecycle.own(
            "HTTP",
            HttpServers.open(
                vertx, config.bind(), config.http(), eventLoops, System::nanoTime, mounts));
    return new Wiring(Links.of(config, 1935, http.port(), http.httpsPort()));
  }

  private static void subscriberFailed(StreamEvent event, RuntimeException failure) {
    log.atError()
        .addKeyValue("stream", event.stream())
        .addKeyValue("event", event.getClass().getSimpleName())
        .setCause(failure)
        .log("a subscriber of stream events failed");
  }

  Links links() {
    return links;
  }
}
