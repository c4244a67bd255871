package nova.app.http;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import nova.api.http.Access;
import nova.api.http.ApiLimits;
import nova.api.http.ApiRouter;
import nova.api.http.Caller;
import nova.api.http.JsonAnswer;
import nova.api.http.Operation;
import nova.api.http.RouteGuard;
import nova.app.config.HttpConfig;
import nova.app.http.transport.DeadlineTransport;
import nova.control.audit.Actor;
import nova.control.token.Scope;
import nova.control.token.Token;
import nova.control.token.TokenId;
import nova.core.ChannelSlug;
import nova.core.DataSize;

/// Servers on a free loopback port, with a client for them, and routes that hold, that are large,
/// that break and that read.
///
/// *Confined to the test's thread.*
final class TestHttpServers implements AutoCloseable {
  static final String TOKEN = "nova_test";
  static final String TOKEN_OF_ONE_CHANNEL = "nova_test_show";
  static final int EVENT_LOOPS = 2;
  static final int MAX_BODY = 1 << 20;
  static final int LARGE_BYTES = 16 << 20; // more than sockets hold

  private final Map<String, Caller> callers =
      Map.of(
          TOKEN,
          caller(Optional.empty()),
          TOKEN_OF_ONE_CHANNEL,
          caller(Optional.of(new ChannelSlug("show"))));
  final AtomicBoolean ready = new AtomicBoolean(true);
  final Counts counts = new Counts();
  final HttpClient client = HttpClient.newHttpClient();
  private final Vertx vertx;
  private HttpServers servers;

  TestHttpServers() {
    this(Duration.ofSeconds(10), Duration.ofSeconds(75));
  }

  TestHttpServers(Duration headerTimeout, Duration idleTimeout) {
    vertx =
        Vertx.builder()
            .with(new VertxOptions().setEventLoopPoolSize(EVENT_LOOPS))
            .withTransport(DeadlineTransport.best(headerTimeout))
            .build();
    servers = open(config(0, headerTimeout, idleTimeout), routes());
  }

  /// Serves something else instead.
  void serve(List<RouteMount> mounts) throws Exception {
    servers.close();
    servers = open(usual(0), mounts);
  }

  /// Servers more, at a port.
  HttpServers openAt(int port) {
    return open(usual(port), routes());
  }

  private HttpServers open(HttpConfig config, List<RouteMount> mounts) {
    return HttpServers.open(vertx, config, EVENT_LOOPS, System::nanoTime, counts, mounts);
  }

  private List<RouteMount> routes() {
    RouteGuard guard =
        new RouteGuard(
            (secret, address) -> Optional.ofNullable(callers.get(secret)),
            ApiLimits.defaults(),
            System::nanoTime,
            Thread::startVirtualThread);
    return List.of(
        new HealthRoutes(List.of(HealthCheck.needed("server", ready::get))),
        new MetricsRoute(() -> "nova_up 1\n", guard),
        echo()::mount,
        router -> router.route("/held").handler(context -> {}),
        router ->
            router
                .get("/large")
                .handler(context -> context.response().end(Buffer.buffer(new byte[LARGE_BYTES]))),
        router ->
            router
                .get("/broken")
                .handler(
                    context -> {
                      throw new IllegalStateException("on purpose");
                    }));
  }

  private static Caller caller(Optional<ChannelSlug> channel) {
    Token viewer =
        new Token(
            TokenId.random(),
            Scope.VIEWER,
            "",
            channel,
            Instant.EPOCH,
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    return new Caller(viewer, new Actor(Actor.Kind.TOKEN, "", "", "127.0.0.1"));
  }

  /// An operation of the API that reads a body.
  private static ApiRouter echo() {
    return new ApiRouter(
        new RouteGuard(
            (secret, address) -> Optional.of(caller(Optional.empty())),
            ApiLimits.defaults(),
            System::nanoTime,
            Thread::startVirtualThread),
        "",
        List.of(
            Operation.post(
                "echo",
                "/echo",
                Access.of(Scope.VIEWER),
                request ->
                    JsonAnswer.ok(
                        Map.of(
                            "title",
                            request.body().only("title").requiredText("title", MAX_BODY))))));
  }

  private static HttpConfig usual(int port) {
    return config(port, Duration.ofSeconds(10), Duration.ofSeconds(75));
  }

  private static HttpConfig config(int port, Duration headerTimeout, Duration idleTimeout) {
    return new HttpConfig(
        "127.0.0.1",
        port,
        -1,
        "",
        "",
        0,
        DataSize.ofKiB(8),
        DataSize.ofMiB(1),
        headerTimeout,
        idleTimeout,
        Duration.ZERO,
        Duration.ofSeconds(1));
  }

  int port() {
    return servers.port();
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return client.send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString());
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + servers.port() + path);
  }

  /// Everything that comes back until the server hangs up.
  String raw(String request) throws IOException {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      InputStream in = socket.getInputStream();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), servers.port());
    socket.setSoTimeout(10_000);
    return socket;
  }

  @Override
  public void close() {
    client.close();
    try {
      vertx.close().await(10, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  static final class Counts implements HttpMetrics {
    final Queue<String> refused = new ConcurrentLinkedQueue<>();
    final Semaphore closed = new Semaphore(0);
    private final Map<HttpVersion, Integer> open = new ConcurrentHashMap<>();

    int open(HttpVersion protocol) {
      return open.getOrDefault(protocol, 0);
    }

    @Override
    public void connectionOpened(HttpVersion protocol) {
      open.merge(protocol, 1, Integer::sum);
    }

    @Override
    public void connectionClosed(HttpVersion protocol) {
      open.merge(protocol, -1, Integer::sum);
      closed.release();
    }

    @Override
    public void refused(String reason) {
      refused.add(reason);
    }
  }
}
