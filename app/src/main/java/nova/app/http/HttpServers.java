package nova.app.http;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import nova.app.config.HttpConfig;
import nova.app.error.StartupException;
import nova.core.NanoClock;

/// The HTTP servers of the process, one per event loop, all with the same routes.
///
/// *Thread-safe.*
public final class HttpServers implements AutoCloseable {
  private static final long START_SECONDS = 30;
  private static final long STOP_SECONDS = 3; // beyond what answers on their way may take

  private final Vertx vertx;
  private final HttpConfig config;
  private final List<HttpServerVerticle> verticles;
  private final String deployment;
  private final AtomicIntegerArray ports;
  private final AtomicBoolean closed = new AtomicBoolean();

  private HttpServers(
      Vertx vertx,
      HttpConfig config,
      List<HttpServerVerticle> verticles,
      String deployment,
      AtomicIntegerArray ports) {
    this.vertx = vertx;
    this.config = config;
    this.verticles = List.copyOf(verticles);
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
    List<HttpServerVerticle> verticles = new CopyOnWriteArrayList<>();
    Future<String> deployed =
        vertx.deployVerticle(
            () -> {
              HttpServerVerticle verticle =
                  new HttpServerVerticle(
                      config, sockets, List.copyOf(mounts), clock, metrics, ports);
              verticles.add(verticle);
              return verticle;
            },
            new DeploymentOptions().setInstances(eventLoops));
    try {
      String deployment = deployed.await(START_SECONDS, TimeUnit.SECONDS);
      return new HttpServers(vertx, config, verticles, deployment, ports);
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

  /// From here on each answer is the last of its connection, which so comes back elsewhere. New
  /// connections are taken for as long as load balancers may need to notice, for which this waits.
  public void leave() throws InterruptedException {
    verticles.forEach(HttpServerVerticle::leave);
    Thread.sleep(config.drainDelay()); // of the end of the process alone, which bounds it
  }

  /// Stops listening, closes connections that wait for nothing and the others when they have had
  /// their answers, or too much time for that. Idempotent.
  @Override
  public void close() throws TimeoutException {
    if (closed.getAndSet(true)) {
      return;
    }
    verticles.forEach(HttpServerVerticle::leave);
    vertx
        .undeploy(deployment)
        .await(config.drainTimeout().toSeconds() + STOP_SECONDS, TimeUnit.SECONDS);
  }
}
