package nova.app.http;

import static nova.app.http.TestHttpServers.MAX_BODY;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.http.HttpVersion;
import java.io.ByteArrayInputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// Requests that are malformed or too large: each is refused, counted and told why.
class HttpRefusalsTest {
  @AutoClose private final TestHttpServers http = new TestHttpServers();

  @Test
  void what_is_not_http_is_told_so_and_disconnected() throws Exception {
    assertThat(http.raw("\3junk\r\n\r\n"))
        .startsWith("HTTP/1.0 400")
        .contains("this is not an HTTP request");
    assertThat(http.raw("GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n"))
        .startsWith("HTTP/1.1 400")
        .contains("the path is malformed");
    assertThat(http.counts.refused).containsExactly("malformed-request", "malformed-path");
  }

  @Test
  void target_that_is_no_path_is_told_so() throws Exception {
    assertThat(http.raw("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n"))
        .startsWith("HTTP/1.1 400")
        .contains("not a path");
    assertThat(http.raw("GET health HTTP/1.1\r\nHost: x\r\n\r\n"))
        .startsWith("HTTP/1.1 400")
        .contains("not a path");
    assertThat(http.raw("GET / HTTP/1.1\r\n\r\n"))
        .startsWith("HTTP/1.1 400")
        .contains("names no host");
    assertThat(http.counts.refused)
        .containsExactly("malformed-path", "malformed-path", "missing-host");
  }

  @Test
  void malformed_frame_of_http_2_is_counted() throws Exception {
    String settings = "\0\0\0\4\0\0\0\0\0";
    String oversized = "\377\377\377\1\4\0\0\0\1";
    assertThat(http.raw("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + settings + oversized))
        .contains("exceeds");
    assertThat(http.counts.closed.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
    assertThat(http.counts.refused).containsExactly("malformed-frame");
  }

  @Test
  void header_and_request_line_beyond_the_limit_are_refused() throws Exception {
    assertThat(http.raw("GET / HTTP/1.1\r\nHost: x\r\nX: " + "a".repeat(9000) + "\r\n\r\n"))
        .startsWith("HTTP/1.1 431");
    assertThat(http.raw("GET /" + "a".repeat(5000) + " HTTP/1.1\r\nHost: x\r\n\r\n"))
        .startsWith("HTTP/1.0 414");
    assertThat(http.counts.refused).containsExactly("header-too-large", "request-line-too-long");
  }

  @Test
  void body_beyond_the_limit_is_refused_before_it_is_sent() throws Exception {
    assertThat(http.raw("POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 1048577\r\n\r\n"))
        .startsWith("HTTP/1.1 413")
        .contains("expected: at most 1048576");
    assertThat(
            http.raw("POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n"))
        .startsWith("HTTP/1.1 4");
    assertThat(http.counts.refused).startsWith("body-too-large");
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
      assertThat(http.raw(refused.get(0)))
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
    assertThat(http.raw(chunked("/held", MAX_BODY + 1)))
        .startsWith("HTTP/1.1 413")
        .contains("body of more than 1048576 bytes");
    assertThat(http.counts.refused).containsExactly("body-too-large");
    assertThat(http.raw(chunked("/nowhere", MAX_BODY + 1))).startsWith("HTTP/1.1 404");
    assertThat(http.counts.refused).containsExactly("body-too-large", "body-too-large");
    assertThat(
            http.raw(
                chunked("/nowhere", MAX_BODY) + "0\r\n\r\nGET /%zz HTTP/1.1\r\nHost: x\r\n\r\n"))
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
            http.raw(
                head
                    + "Connection: close\r\n\r\n%x\r\n%s\r\n0\r\n\r\n"
                        .formatted(body.length(), body)))
        .startsWith("HTTP/1.1 200")
        .endsWith(body);
    assertThat(http.raw(head + "\r\n%x\r\n%s\r\n".formatted(MAX_BODY, "a".repeat(MAX_BODY))))
        .startsWith("HTTP/1.1 413")
        .contains("expected: at most 65536 bytes");
    assertThat(http.counts.refused).isEmpty();
  }

  @Test
  void body_of_unknown_length_is_refused_in_http_2_alone() throws Exception {
    assertThat(http.get("/health/live").version()).isEqualTo(HttpClient.Version.HTTP_2);
    HttpRequest upload =
        HttpRequest.newBuilder(http.uri("/held"))
            .POST(
                BodyPublishers.ofInputStream(
                    () -> new ByteArrayInputStream(new byte[2 * MAX_BODY])))
            .build();

    assertThat(http.client.send(upload, BodyHandlers.ofString()).statusCode()).isEqualTo(413);

    assertThat(http.counts.refused).containsExactly("body-too-large");
    assertThat(http.get("/health/live").statusCode()).isEqualTo(200);
    assertThat(http.counts.open(HttpVersion.HTTP_2)).isEqualTo(1);
  }

  private static String chunked(String path, int bytes) {
    return "POST %s HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n"
        .formatted(path, bytes, "a".repeat(bytes));
  }
}
