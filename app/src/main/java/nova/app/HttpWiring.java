package nova.app;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import nova.app.config.AppConfig;
import nova.app.http.HttpServers;
import nova.app.http.RouteMount;
import nova.app.http.transport.DeadlineTransport;
import nova.app.metrics.HttpMeters;

/// Opens the event loops and the HTTP servers of a process.
final class HttpWiring {
  private static final int STOP_SECONDS = 2;

  private final Foundation foundation;
  private final int eventLoops;
  private final Vertx vertx;

  private HttpWiring(Foundation foundation) {
    this.foundation = foundation;
    AppConfig config = foundation.config();
    int configured = config.http().eventLoops();
    this.eventLoops = configured > 0 ? configured : Runtime.getRuntime().availableProcessors();
    this.vertx =
        Vertx.builder()
            .with(new VertxOptions().setEventLoopPoolSize(eventLoops))
            .withTransport(DeadlineTransport.best(config.http().headerTimeout()))
            .build();
  }

  /// Starts the event loops.
  static HttpWiring open(Foundation foundation) {
    HttpWiring wiring = new HttpWiring(foundation);
    AutoCloseable _ =
        foundation
            .lifecycle()
            .own("event loops", () -> wiring.vertx.close().await(STOP_SECONDS, TimeUnit.SECONDS));
    return wiring;
  }

  /// Begins to answer.
  ///
  /// @param mounts in the order in which they are asked
  HttpServers serve(List<RouteMount> mounts) {
    return foundation
        .lifecycle()
        .own(
            "HTTP",
            HttpServers.open(
                vertx,
                foundation.config().http(),
                eventLoops,
                foundation.nanoClock(),
                new HttpMeters(foundation.metrics()),
                mounts));
  }
}
