package nova.app.http;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicIntegerArray;
import nova.app.config.HttpConfig;
import nova.app.error.StartupException;
import nova.core.NanoClock;

/// The HTTP servers of the process, one per event loop, all with the same routes.
///
/// *Thread-safe.*
public final class HttpServers implements AutoCloseable {
  private static final long START_SECONDS = 30;
  private static final long STOP_SECONDS = 3;

  private final Vertx vertx;
  private final String deployment;
  private final AtomicIntegerArray ports;

  private HttpServers(Vertx vertx, String deployment, AtomicIntegerArray ports) {
    this.vertx = vertx;
    this.deployment = deployment;
    this.ports = ports;
  }

  /// Listens; afterwards the ports accept.
  ///
  /// @throws StartupException with a sentence when a port, an address or a certificate is unusable
  public static HttpServers open(
      Vertx vertx,
      HttpConfig config,
      int eventLoops,
      NanoClock clock,
      HttpMetrics metrics,
      List<RouteMount> mounts) {
    List<HttpServerOptions> sockets = ListenOptions.of(vertx, config);
    AtomicIntegerArray ports = new AtomicIntegerArray(sockets.size());
    Future<String> deployed =
        vertx.deployVerticle(
            () ->
                new HttpServerVerticle(config, sockets, List.copyOf(mounts), clock, metrics, ports),
            new DeploymentOptions().setInstances(eventLoops));
    try {
      return new HttpServers(vertx, deployed.await(START_SECONDS, TimeUnit.SECONDS), ports);
    } catch (TimeoutException e) {
      throw new StartupException(
          "HTTP did not start to listen within %d s".formatted(START_SECONDS), e);
    }
  }

  public int port() {
    return ports.get(0);
  }

  /// The port for HTTPS, if there is one.
  public OptionalInt httpsPort() {
    return ports.length() > 1 ? OptionalInt.of(ports.get(1)) : OptionalInt.empty();
  }

  /// Stops listening and closes the connections.
  @Override
  public void close() throws TimeoutException {
    vertx.undeploy(deployment).await(STOP_SECONDS, TimeUnit.SECONDS);
  }
}
