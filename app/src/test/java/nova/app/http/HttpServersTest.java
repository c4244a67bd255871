package nova.app.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpVersion;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
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
import java.util.concurrent.atomic.AtomicBoolean;
import nova.api.http.Access;
import nova.api.http.ApiLimits;
import nova.api.http.ApiRouter;
import nova.api.http.Caller;
import nova.api.http.JsonAnswer;
import nova.api.http.Operation;
import nova.api.http.RouteGuard;
import nova.app.config.HttpConfig;
import nova.app.error.StartupException;
import nova.app.http.transport.DeadlineTransport;
import nova.control.audit.Actor;
import nova.control.token.Scope;
import nova.control.token.Token;
import nova.control.token.TokenId;
import nova.core.ChannelSlug;
import nova.core.DataSize;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpServersTest {
  private static final String TOKEN = "nova_test";
  private static final String TOKEN_OF_ONE_CHANNEL = "nova_test_show";
  private static final int EVENT_LOOPS = 2;
  private static final int MAX_BODY = 1 << 20;
  private static final int LARGE_BYTES = 16 << 20; // more than sockets hold

  private final Map<String, Caller> callers =
      Map.of(
          TOKEN,
          caller(Optional.empty()),
          TOKEN_OF_ONE_CHANNEL,
          caller(Optional.of(new ChannelSlug("show"))));
  private final AtomicBoolean ready = new AtomicBoolean(true);
  private final Counts counts = new Counts();
  private final HttpClient client = HttpClient.newHttpClient();
  private Vertx vertx;
  private HttpServers servers;

  @BeforeEach
  void start() {
    start(Duration.ofSeconds(10), Duration.ofSeconds(75));
  }

  private void start(Duration headerTimeout, Duration idleTimeout) {
    vertx =
        Vertx.builder()
            .with(new VertxOptions().setEventLoopPoolSize(EVENT_LOOPS))
            .withTransport(DeadlineTransport.best(headerTimeout))
            .build();
    servers = open(config(0, headerTimeout, idleTimeout));
  }

  private void restart(Duration headerTimeout, Duration idleTimeout) throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
    start(headerTimeout, idleTimeout);
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  @Test
  void health_follows_the_process() throws Exception {
    assertThat(get("/health/live").statusCode()).isEqualTo(200);
    assertThat(get("/health/ready").body())
        .isEqualTo("{\"status\":\"UP\",\"checks\":[{\"name\":\"server\",\"status\":\"UP\"}]}");

    ready.set(false);

    assertThat(get("/health/live").statusCode()).isEqualTo(200);
    assertThat(get("/health/ready").statusCode()).isEqualTo(503);
    assertThat(get("/health/ready").body())
        .isEqualTo("{\"status\":\"DOWN\",\"checks\":[{\"name\":\"server\",\"status\":\"DOWN\"}]}");
  }

  @Test
  void server_that_goes_on_with_less_is_ready_and_says_so() throws Exception {
    servers.close();
    servers = serve(List.of(new HealthRoutes(List.of(HealthCheck.wanted("redis", () -> false)))));

    assertThat(get("/health/ready").statusCode()).isEqualTo(200);
    assertThat(get("/health/ready").body())
        .isEqualTo("{\"status\":\"UP\",\"checks\":[{\"name\":\"redis\",\"status\":\"DOWN\"}]}");
  }

  @Test
  void server_that_is_not_ready_says_why() throws Exception {
    servers.close();
    servers =
        serve(
            List.of(
                new HealthRoutes(
                    List.of(
                        new HealthCheck(
                            "server", true, ready::get, () -> Optional.of("it waits"))))));
    assertThat(get("/health/ready").body()).doesNotContain("it waits");

    ready.set(false);

    assertThat(get("/health/ready").statusCode()).isEqualTo(503);
    assertThat(get("/health/ready").body())
        .isEqualTo(
            "{\"status\":\"DOWN\",\"checks\":[{\"name\":\"server\",\"status\":\"DOWN\",\"data\":{\"reason\":\"it"
                + " waits\"}}]}");
  }

  @Test
  void routes_that_come_late_are_asked_for_again_until_they_are_there() throws Exception {
    servers.close();
    LateRoutes late = new LateRoutes();
    servers = serve(List.of(new HealthRoutes(List.of()), late));

    assertThat(get("/health/live").statusCode()).isEqualTo(200);
    assertThat(get("/held").statusCode()).isEqualTo(503);
    assertThat(get("/held").headers().firstValue("Retry-After")).contains("2");

    late.open(List.of(router -> router.route("/held").handler(context -> context.end("there"))));

    for (int connection = 0; connection < 2 * EVENT_LOOPS; connection++) {
      assertThat(raw("GET /held HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
          .startsWith("HTTP/1.1 200")
          .endsWith("there");
    }
    assertThat(get("/elsewhere").statusCode()).isEqualTo(404);
  }

  @Test
  void both_versions_of_http_are_spoken_without_tls() throws Exception {
    assertThat(get("/health/live").version()).isEqualTo(HttpClient.Version.HTTP_2);
    assertThat(raw("GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 200");
  }

  @Test
  void what_is_not_http_is_told_so_and_disconnected() throws Exception {
    assertThat(raw("\3junk\r\n\r\n"))
        .startsWith("HTTP/1.0 400")
        .contains("this is not an HTTP request");
    assertThat(raw("GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n"))
        .startsWith("HTTP/1.1 400")
        .contains("the path is malformed");
    assertThat(counts.refused).containsExactly("malformed-request", "malformed-path");
  }

  @Test
  void target_that_is_no_path_is_told_so() throws Exception {
    assertThat(raw("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n"))
        .startsWith("HTTP/1.1 400")
        .contains("not a path");
    assertThat(raw("GET health HTTP/1.1\r\nHost: x\r\n\r\n"))
        .startsWith("HTTP/1.1 400")
        .contains("not a path");
    assertThat(raw("GET / HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 400").contains("names no host");
    assertThat(counts.refused).containsExactly("malformed-path", "malformed-path", "missing-host");
  }

  @Test
  void malformed_frame_of_http_2_is_counted() throws Exception {
    String settings = "\0\0\0\4\0\0\0\0\0";
    String oversized = "\377\377\377\1\4\0\0\0\1";
    assertThat(raw("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + settings + oversized)).contains("exceeds");
    assertThat(counts.closed.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
    assertThat(counts.refused).containsExactly("malformed-frame");
  }

  @Test
  void head_is_answered_like_get_without_a_body() throws Exception {
    for (String path : List.of("/health/live", "/metrics")) {
      String head =
          "HEAD %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nConnection: close\r\n\r\n"
              .formatted(path, TOKEN);
      assertThat(raw(head))
          .startsWith("HTTP/1.1 200")
          .containsPattern("Content-Length: [1-9]\\d")
          .endsWith("\r\n\r\n");
      HttpRequest inHttp2 =
          HttpRequest.newBuilder(uri(path))
              .header("Authorization", "Bearer " + TOKEN)
              .HEAD()
              .build();
      HttpResponse<String> answer = client.send(inHttp2, BodyHandlers.ofString());
      assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).isEmpty();
    }
  }

  @Test
  void header_and_request_line_beyond_the_limit_are_refused() throws Exception {
    assertThat(raw("GET / HTTP/1.1\r\nHost: x\r\nX: " + "a".repeat(9000) + "\r\n\r\n"))
        .startsWith("HTTP/1.1 431");
    assertThat(raw("GET /" + "a".repeat(5000) + " HTTP/1.1\r\nHost: x\r\n\r\n"))
        .startsWith("HTTP/1.0 414");
    assertThat(counts.refused).containsExactly("header-too-large", "request-line-too-long");
  }

  @Test
  void body_beyond_the_limit_is_refused_before_it_is_sent() throws Exception {
    assertThat(raw("POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 1048577\r\n\r\n"))
        .startsWith("HTTP/1.1 413")
        .contains("expected: at most 1048576");
    assertThat(raw("POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n"))
        .startsWith("HTTP/1.1 4");
    assertThat(counts.refused).startsWith("body-too-large");
  }

  @Test
  void what_is_refused_before_any_route_is_a_problem() throws Exception {
    for (List<String> refused :
        List.of(
            List.of("GET /api/v1/%zz HTTP/1.1\r\nHost: x\r\n\r\n", "400", "malformed-path"),
            List.of("GET /api/v1/x HTTP/1.1\r\n\r\n", "400", "missing-host"),
            List.of("\3junk\r\n\r\n", "400", "malformed-request"),
            List.of(
                "POST /api/v1/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1048577\r\n\r\n",
                "413",
                "body-too-large"),
            List.of(
                "GET /api/v1/" + "a".repeat(5000) + " HTTP/1.1\r\nHost: x\r\n\r\n",
                "414",
                "request-line-too-long"),
            List.of(
                "GET /api/v1/x HTTP/1.1\r\nHost: x\r\nX: " + "a".repeat(9000) + "\r\n\r\n",
                "431",
                "header-too-large"),
            List.of("GET /broken HTTP/1.1\r\nHost: x\r\n\r\n", "500", "internal-error"))) {
      assertThat(raw(refused.get(0)))
          .matches("(?s)HTTP/1\\.[01] " + refused.get(1) + " .*")
          .containsIgnoringCase("content-type: application/problem+json")
          .containsIgnoringCase("access-control-allow-origin: *")
          .contains("\"type\":\"about:blank\"")
          .contains("\"status\":" + refused.get(1))
          .contains("\"reason\":\"" + refused.get(2) + "\"");
    }
  }

  @Test
  void body_of_unknown_length_is_refused_beyond_the_limit() throws Exception {
    assertThat(raw(chunked("/held", MAX_BODY + 1)))
        .startsWith("HTTP/1.1 413")
        .contains("body of more than 1048576 bytes");
    assertThat(counts.refused).containsExactly("body-too-large");
    assertThat(raw(chunked("/nowhere", MAX_BODY + 1))).startsWith("HTTP/1.1 404");
    assertThat(counts.refused).containsExactly("body-too-large", "body-too-large");
    assertThat(raw(chunked("/nowhere", MAX_BODY) + "0\r\n\r\nGET /%zz HTTP/1.1\r\nHost: x\r\n\r\n"))
        .startsWith("HTTP/1.1 404")
        .contains("the path is malformed");
  }

  @Test
  void body_that_a_route_reads_is_bounded_by_the_route() throws Exception {
    String head =
        String.join(
            "\r\n",
            "POST /api/v1/echo HTTP/1.1",
            "Host: x",
            "Authorization: Bearer nova_x",
            "Content-Type: application/json",
            "Transfer-Encoding: chunked",
            "");
    String body = "{\"title\":\"%s\"}".formatted("a".repeat(60_000));
    assertThat(
            raw(
                head
                    + "Connection: close\r\n\r\n%x\r\n%s\r\n0\r\n\r\n"
                        .formatted(body.length(), body)))
        .startsWith("HTTP/1.1 200")
        .endsWith(body);
    assertThat(raw(head + "\r\n%x\r\n%s\r\n".formatted(MAX_BODY, "a".repeat(MAX_BODY))))
        .startsWith("HTTP/1.1 413")
        .contains("expected: at most 65536 bytes");
    assertThat(counts.refused).isEmpty();
  }

  @Test
  void body_of_unknown_length_is_refused_in_http_2_alone() throws Exception {
    assertThat(get("/health/live").version()).isEqualTo(HttpClient.Version.HTTP_2);
    HttpRequest upload =
        HttpRequest.newBuilder(uri("/held"))
            .POST(
                BodyPublishers.ofInputStream(
                    () -> new ByteArrayInputStream(new byte[2 * MAX_BODY])))
            .build();

    assertThat(client.send(upload, BodyHandlers.ofString()).statusCode()).isEqualTo(413);

    assertThat(counts.refused).containsExactly("body-too-large");
    assertThat(get("/health/live").statusCode()).isEqualTo(200);
    assertThat(counts.open(HttpVersion.HTTP_2)).isEqualTo(1);
  }

  @Test
  void open_connections_are_counted_by_protocol() throws Exception {
    assertThat(get("/health/live").statusCode()).isEqualTo(200);
    assertThat(counts.open(HttpVersion.HTTP_2)).isEqualTo(1);
    try (Socket socket = connect(servers.port())) {
      socket
          .getOutputStream()
          .write(
              "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(socket.getInputStream().read()).isEqualTo('H');
      assertThat(counts.open(HttpVersion.HTTP_1_1)).isEqualTo(1);
    }
    assertThat(counts.closed.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
    assertThat(counts.open(HttpVersion.HTTP_1_1)).isZero();
    assertThat(counts.open(HttpVersion.HTTP_2)).isEqualTo(1);
  }

  @Test
  void answer_that_is_taken_slowly_is_sent_to_its_end() throws Exception {
    restart(Duration.ofSeconds(10), Duration.ofSeconds(1));
    try (Socket socket = askForLarge()) {
      byte[] piece = new byte[128 << 10];
      long bytes = 0;
      for (int n = piece.length; n == piece.length; bytes += n) {
        n = socket.getInputStream().readNBytes(piece, 0, piece.length);
        TimeUnit.MILLISECONDS.sleep(20); // a slow line: longer than two idle timeouts in all
      }
      assertThat(bytes).isGreaterThan(LARGE_BYTES);
    }
  }

  @Test
  void answer_that_is_not_taken_is_cut_off() throws Exception {
    restart(Duration.ofSeconds(10), Duration.ofMillis(300));
    try (Socket socket = askForLarge()) {
      assertThat(counts.closed.tryAcquire(10, TimeUnit.SECONDS)).isTrue();

      long bytes = 0;
      try {
        bytes = socket.getInputStream().readAllBytes().length;
      } catch (SocketException e) {
        assertThat(e).hasMessageContaining("reset");
      }
      assertThat(bytes).isLessThan(LARGE_BYTES);
    }
  }

  @Test
  void route_that_throws_is_answered_without_its_reason() throws Exception {
    HttpResponse<String> answer = get("/broken");

    assertThat(answer.statusCode()).isEqualTo(500);
    assertThat(answer.body())
        .contains("\"reason\":\"internal-error\"", "Nova failed to answer; its log says why.")
        .doesNotContain("on purpose");
  }

  @Test
  void header_sent_drop_by_drop_ends_at_its_deadline() throws Exception {
    restart(Duration.ofMillis(300), Duration.ofSeconds(75));
    try (Socket socket = connect(servers.port())) {
      socket.getOutputStream().write("GET / HTTP/1.1\r\n".getBytes(StandardCharsets.US_ASCII));

      assertThat(socket.getInputStream().readAllBytes()).isEmpty();
    }
  }

  @Test
  void connection_without_another_request_ends_at_its_deadline() throws Exception {
    restart(Duration.ofSeconds(10), Duration.ofMillis(300));
    try (Socket socket = connect(servers.port())) {
      socket
          .getOutputStream()
          .write(
              "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\nGET /"
                  .getBytes(StandardCharsets.US_ASCII));

      String all = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      assertThat(all).startsWith("HTTP/1.1 200").endsWith("{\"status\":\"UP\",\"checks\":[]}");
    }
  }

  @Test
  void taken_port_is_explained() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      HttpConfig taken =
          config(other.getLocalPort(), Duration.ofSeconds(10), Duration.ofSeconds(75));

      assertThatThrownBy(() -> open(taken))
          .isInstanceOf(StartupException.class)
          .hasMessage(
              "port %d for HTTP is taken; stop the program that uses it or choose another port with"
                  + " --http-port",
              other.getLocalPort());
    }
  }

  @Test
  void what_can_only_be_read_says_so() throws Exception {
    for (String path : List.of("/health/live", "/health/ready", "/metrics")) {
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(uri(path)).POST(BodyPublishers.noBody()).build(),
              BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(405);
      assertThat(answer.headers().firstValue("Allow")).contains("GET, HEAD");
      assertThat(answer.body()).contains("method-not-allowed");
    }
  }

  @Test
  void metrics_areForTokenHolders() throws Exception {
    HttpRequest anonymous = HttpRequest.newBuilder(uri("/metrics")).build();
    HttpRequest wrong =
        HttpRequest.newBuilder(uri("/metrics")).header("Authorization", "Bearer other").build();
    for (HttpRequest request : List.of(anonymous, wrong)) {
      HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(401);
      assertThat(answer.headers().firstValue("WWW-Authenticate")).isPresent();
      assertThat(answer.body()).doesNotContain("nova_up");
    }
  }

  @Test
  void metrics_areNotForTokensOfOneChannel() throws Exception {
    HttpResponse<String> all = metrics(TOKEN);
    assertThat(all.statusCode()).isEqualTo(200);
    assertThat(all.body()).isEqualTo("nova_up 1\n");

    HttpResponse<String> limited = metrics(TOKEN_OF_ONE_CHANNEL);
    assertThat(limited.statusCode()).isEqualTo(403);
    assertThat(limited.body()).contains("token-of-one-channel").doesNotContain("nova_up");
  }

  private HttpResponse<String> metrics(String token) throws Exception {
    return client.send(
        HttpRequest.newBuilder(uri("/metrics")).header("Authorization", "Bearer " + token).build(),
        BodyHandlers.ofString());
  }

  private HttpServers serve(List<RouteMount> mounts) {
    return serve(config(0, Duration.ofSeconds(10), Duration.ofSeconds(75)), mounts);
  }

  private HttpServers serve(HttpConfig config, List<RouteMount> mounts) {
    return HttpServers.open(vertx, config, EVENT_LOOPS, System::nanoTime, counts, mounts);
  }

  private HttpServers open(HttpConfig config) {
    RouteGuard guard =
        new RouteGuard(
            (secret, address) -> Optional.ofNullable(callers.get(secret)),
            ApiLimits.defaults(),
            System::nanoTime,
            Thread::startVirtualThread);
    return serve(
        config,
        List.of(
            new HealthRoutes(List.of(HealthCheck.needed("server", ready::get))),
            new MetricsRoute(() -> "nova_up 1\n", guard),
            echo()::mount,
            router -> router.route("/held").handler(context -> {}),
            router ->
                router
                    .get("/large")
                    .handler(
                        context -> context.response().end(Buffer.buffer(new byte[LARGE_BYTES]))),
            router ->
                router
                    .get("/broken")
                    .handler(
                        context -> {
                          throw new IllegalStateException("on purpose");
                        })));
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
    Token token =
        new Token(
            TokenId.random(),
            Scope.VIEWER,
            "",
            Optional.empty(),
            Instant.EPOCH,
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    return new ApiRouter(
        new RouteGuard(
            (secret, address) -> Optional.of(new Caller(token, Actor.SYSTEM)),
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

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return client.send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString());
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + servers.port() + path);
  }

  /// Everything that comes back until the server hangs up.
  private String raw(String request) throws IOException {
    try (Socket socket = connect(servers.port())) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      InputStream in = socket.getInputStream();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String chunked(String path, int bytes) {
    return "POST %s HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n"
        .formatted(path, bytes, "a".repeat(bytes));
  }

  private Socket askForLarge() throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(64 << 10);
    socket.setSoTimeout(10_000);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), servers.port()));
    socket
        .getOutputStream()
        .write(
            "GET /large HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                .getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  private static Socket connect(int port) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(10_000);
    return socket;
  }

  private static final class Counts implements HttpMetrics {
    private final Queue<String> refused = new ConcurrentLinkedQueue<>();
    private final Semaphore closed = new Semaphore(0);
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
