package nova.app.http;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import nova.api.http.Problem;
import nova.app.config.HttpConfig;
import nova.app.error.ListenFailure;
import nova.app.error.StartupException;
import nova.core.NanoClock;
import nova.delivery.PlaybackPrefix;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The HTTP server of one event loop, with a router of its own. Vert.x deals the connections of a
/// port to the loops that listen on it.
///
/// *Confined to its event loop.*
final class HttpServerVerticle extends VerticleBase {
  private static final Logger log = LoggerFactory.getLogger(HttpServerVerticle.class);

  private final HttpConfig config;
  private final List<HttpServerOptions> sockets;
  private final List<RouteMount> mounts;
  private final NanoClock clock;
  private final HttpMetrics metrics;
  private final EarlyAnswer answers;
  private final AtomicIntegerArray ports;
  private final List<HttpServer> servers = new ArrayList<>();
  private final List<ConnectionDeadlines> connections = new ArrayList<>();
  private boolean leaving;

  /// @param ports receives the port of each socket once it listens
  HttpServerVerticle(
      HttpConfig config,
      List<HttpServerOptions> sockets,
      List<RouteMount> mounts,
      NanoClock clock,
      HttpMetrics metrics,
      AtomicIntegerArray ports) {
    this.config = config;
    this.sockets = sockets;
    this.mounts = mounts;
    this.clock = clock;
    this.metrics = metrics;
    this.answers = new EarlyAnswer(metrics);
    this.ports = ports;
  }

  @Override
  public Future<?> start() {
    Router router = Router.router(vertx);
    router.route().handler(new BodyLimit(config.maxBody().bytes(), answers));
    router.errorHandler(500, this::failed);
    router.errorHandler(400, this::malformed);
    mounts.forEach(mount -> mount.mount(router));
    Future<?> listening = Future.succeededFuture();
    for (int i = 0; i < sockets.size(); i++) {
      int socket = i;
      listening = listening.compose(before -> open(router, socket));
    }
    return listening;
  }

  private Future<HttpServer> open(Router router, int socket) {
    ConnectionDeadlines deadlines =
        new ConnectionDeadlines(clock, config.headerTimeout(), config.idleTimeout(), metrics);
    connections.add(deadlines);
    vertx.setPeriodic(deadlines.period().toMillis(), timer -> deadlines.closeOverdue());
    return vertx
        .createHttpServer(sockets.get(socket))
        .connectionHandler(
            connection -> {
              connection.exceptionHandler(failure -> broke(connection, failure));
              deadlines.opened(connection);
            })
        .invalidRequestHandler(answers::refuseMalformed)
        .requestHandler(
            request -> {
              deadlines.began(request);
              if (leaving) {
                LastAnswer.of(request.connection(), request.response(), config.longestDrain());
              }
              route(router, request);
            })
        .listen(ListenOptions.address(sockets.get(socket), socket))
        .onSuccess(
            server -> {
              servers.add(server);
              ports.set(socket, server.actualPort());
            })
        .recover(failure -> Future.failedFuture(explained(failure, socket)));
  }

  /// Makes each answer that has not begun the last of its connection. Any thread; idempotent.
  void leave() {
    context.runOnContext(
        _ -> {
          if (!leaving) {
            leaving = true;
            connections.forEach(deadlines -> deadlines.leave(config.longestDrain()));
          }
        });
  }

  /// Stops listening and lets answers on their way come to their end, in time.
  @Override
  public Future<?> stop() {
    vertx.setTimer(
        config.drainTimeout().toMillis(), _ -> connections.forEach(ConnectionDeadlines::cutAll));
    return Future.all(
        servers.stream().map(server -> server.shutdown(config.drainTimeout())).toList());
  }

  /// `*` and other targets that are no path would be an unhandled exception in the router.
  private void route(Router router, HttpServerRequest request) {
    String path = request.path();
    if (path == null || !path.startsWith("/")) {
      answers.refuse(
          request, 400, "malformed-path", "the target is not a path (expected: / at its start)");
    } else {
      router.handle(request);
    }
  }

  /// HTTP/2 frames that are against its rules; Vert.x tells the client, and would log an error for
  /// each. A client that just went is nothing to tell of.
  private void broke(HttpConnection connection, Throwable failure) {
    if (connection.protocolVersion() == HttpVersion.HTTP_2 && !(failure instanceof IOException)) {
      metrics.refused("malformed-frame");
    }
    log.debug("connection broke", failure);
  }

  private StartupException explained(Throwable failure, int socket) {
    boolean tls = socket > 0;
    return ListenFailure.explain(
        tls ? "HTTPS" : "HTTP",
        tls ? "--https-port" : "--http-port",
        sockets.get(socket).getHost(),
        sockets.get(socket).getPort(),
        failure);
  }

  /// The path has an escape such as `%zz`, or no host is named. Without this handler Vert.x logs a
  /// stack trace for each.
  private void malformed(RoutingContext context) {
    HttpServerRequest request = context.request();
    if (request.authority() == null) {
      answers.refuse(
          request, 400, "missing-host", "the request names no host (expected: a Host header)");
    } else {
      answers.refuse(
          request, 400, "malformed-path", "the path is malformed (expected: escapes such as %20)");
    }
  }

  /// A route threw: a programmer's error, told to the operator and not to the viewer.
  private void failed(RoutingContext context) {
    log.atError()
        .addKeyValue("method", context.request().method())
        .addKeyValue("path", PlaybackPrefix.hidden(String.valueOf(context.request().path())))
        .setCause(context.failure())
        .log("request failed");
    answers.send(
        context.request(),
        Problem.of(500, "internal-error", "Nova failed to answer; its log says why."));
  }
}
