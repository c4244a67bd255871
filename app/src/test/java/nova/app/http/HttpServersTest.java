package nova.app.http;

import static nova.app.http.TestHttpServers.EVENT_LOOPS;
import static nova.app.http.TestHttpServers.TOKEN;
import static nova.app.http.TestHttpServers.TOKEN_OF_ONE_CHANNEL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.http.HttpVersion;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import nova.app.error.StartupException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// What servers tell of the process, and to whom, in both versions of HTTP.
class HttpServersTest {
  @AutoClose private final TestHttpServers http = new TestHttpServers();

  @Test
  void health_follows_the_process() throws Exception {
    assertThat(http.get("/health/live").statusCode()).isEqualTo(200);
    assertThat(http.get("/health/ready").body())
        .isEqualTo("{\"status\":\"UP\",\"checks\":[{\"name\":\"server\",\"status\":\"UP\"}]}");

    http.ready.set(false);

    assertThat(http.get("/health/live").statusCode()).isEqualTo(200);
    assertThat(http.get("/health/ready").statusCode()).isEqualTo(503);
    assertThat(http.get("/health/ready").body())
        .isEqualTo("{\"status\":\"DOWN\",\"checks\":[{\"name\":\"server\",\"status\":\"DOWN\"}]}");
  }

  @Test
  void server_that_goes_on_with_less_is_ready_and_says_so() throws Exception {
    http.serve(List.of(new HealthRoutes(List.of(HealthCheck.wanted("redis", () -> false)))));

    assertThat(http.get("/health/ready").statusCode()).isEqualTo(200);
    assertThat(http.get("/health/ready").body())
        .isEqualTo("{\"status\":\"UP\",\"checks\":[{\"name\":\"redis\",\"status\":\"DOWN\"}]}");
  }

  @Test
  void server_that_is_not_ready_says_why() throws Exception {
    http.serve(
        List.of(
            new HealthRoutes(
                List.of(
                    new HealthCheck(
                        "server", true, http.ready::get, () -> Optional.of("it waits"))))));
    assertThat(http.get("/health/ready").body()).doesNotContain("it waits");

    http.ready.set(false);

    assertThat(http.get("/health/ready").statusCode()).isEqualTo(503);
    assertThat(http.get("/health/ready").body())
        .isEqualTo(
            "{\"status\":\"DOWN\",\"checks\":[{\"name\":\"server\",\"status\":\"DOWN\",\"data\":{\"reason\":\"it"
                + " waits\"}}]}");
  }

  @Test
  void routes_that_come_late_are_asked_for_again_until_they_are_there() throws Exception {
    LateRoutes late = new LateRoutes();
    http.serve(List.of(new HealthRoutes(List.of()), late));

    assertThat(http.get("/health/live").statusCode()).isEqualTo(200);
    assertThat(http.get("/held").statusCode()).isEqualTo(503);
    assertThat(http.get("/held").headers().firstValue("Retry-After")).contains("2");

    late.open(List.of(router -> router.route("/held").handler(context -> context.end("there"))));

    for (int connection = 0; connection < 2 * EVENT_LOOPS; connection++) {
      assertThat(http.raw("GET /held HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
          .startsWith("HTTP/1.1 200")
          .endsWith("there");
    }
    assertThat(http.get("/elsewhere").statusCode()).isEqualTo(404);
  }

  @Test
  void both_versions_of_http_are_spoken_without_tls() throws Exception {
    assertThat(http.get("/health/live").version()).isEqualTo(HttpClient.Version.HTTP_2);
    assertThat(http.raw("GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 200");
  }

  @Test
  void head_is_answered_like_get_without_a_body() throws Exception {
    for (String path : List.of("/health/live", "/metrics")) {
      String head =
          "HEAD %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nConnection: close\r\n\r\n"
              .formatted(path, TOKEN);
      assertThat(http.raw(head))
          .startsWith("HTTP/1.1 200")
          .containsPattern("Content-Length: [1-9]\\d")
          .endsWith("\r\n\r\n");
      HttpRequest inHttp2 =
          HttpRequest.newBuilder(http.uri(path))
              .header("Authorization", "Bearer " + TOKEN)
              .HEAD()
              .build();
      HttpResponse<String> answer = http.client.send(inHttp2, BodyHandlers.ofString());
      assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).isEmpty();
    }
  }

  @Test
  void open_connections_are_counted_by_protocol() throws Exception {
    assertThat(http.get("/health/live").statusCode()).isEqualTo(200);
    assertThat(http.counts.open(HttpVersion.HTTP_2)).isEqualTo(1);
    try (Socket socket = http.connect()) {
      socket
          .getOutputStream()
          .write(
              "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(socket.getInputStream().read()).isEqualTo('H');
      assertThat(http.counts.open(HttpVersion.HTTP_1_1)).isEqualTo(1);
    }
    assertThat(http.counts.closed.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
    assertThat(http.counts.open(HttpVersion.HTTP_1_1)).isZero();
    assertThat(http.counts.open(HttpVersion.HTTP_2)).isEqualTo(1);
  }

  @Test
  void route_that_throws_is_answered_without_its_reason() throws Exception {
    HttpResponse<String> answer = http.get("/broken");

    assertThat(answer.statusCode()).isEqualTo(500);
    assertThat(answer.body())
        .contains("\"reason\":\"internal-error\"", "Nova failed to answer; its log says why.")
        .doesNotContain("on purpose");
  }

  @Test
  void taken_port_is_explained() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> http.openAt(other.getLocalPort()))
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
          http.client.send(
              HttpRequest.newBuilder(http.uri(path)).POST(BodyPublishers.noBody()).build(),
              BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(405);
      assertThat(answer.headers().firstValue("Allow")).contains("GET, HEAD");
      assertThat(answer.body()).contains("method-not-allowed");
    }
  }

  @Test
  void metrics_areForTokenHolders() throws Exception {
    HttpRequest anonymous = HttpRequest.newBuilder(http.uri("/metrics")).build();
    HttpRequest wrong =
        HttpRequest.newBuilder(http.uri("/metrics"))
            .header("Authorization", "Bearer other")
            .build();
    for (HttpRequest request : List.of(anonymous, wrong)) {
      HttpResponse<String> answer = http.client.send(request, BodyHandlers.ofString());
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
    return http.client.send(
        HttpRequest.newBuilder(http.uri("/metrics"))
            .header("Authorization", "Bearer " + token)
            .build(),
        BodyHandlers.ofString());
  }
}
