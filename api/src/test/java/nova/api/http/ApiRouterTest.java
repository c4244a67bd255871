package nova.api.http;

import static nova.api.http.TestHttp.header;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import nova.control.database.DatabaseAwayException;
import nova.control.error.ConflictingException;
import nova.control.error.InvalidFieldException;
import nova.control.error.StaleException;
import nova.control.error.UnknownException;
import nova.control.token.Scope;
import nova.core.ChannelSlug;
import nova.testkit.FakeClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ApiRouterTest {
  private static final String JSON = "application/json";

  private final FakeClock clock = new FakeClock();
  private final TestTokens tokens = new TestTokens();
  private final String viewer = tokens.add("nova_viewer", Scope.VIEWER);
  private final String operator = tokens.add("nova_operator", Scope.OPERATOR);
  private final String ofOneChannel = tokens.add("nova_mine", Scope.ADMIN, new ChannelSlug("mine"));
  private final RouteGuard guard =
      new RouteGuard(
          tokens, new ApiLimits(60, 10, 3), () -> clock.nanoTime(), Thread::startVirtualThread, 1);
  private final TestHttp http =
      new TestHttp(
          router -> {
            new ApiRouter(guard, "/live", operations()).mount(router);
            router
                .route("/metrics")
                .handler(
                    guard.protect(
                        Access.toServer(Scope.VIEWER),
                        context -> context.response().end("nova_up 1")));
          });

  @AfterEach
  void stop() {
    http.close();
  }

  private static List<Operation> operations() {
    return List.of(
        new Operation.Open("open", "/open", JsonAnswer.shared(Map.of("open", true), 1)::answer),
        Operation.get(
                "read",
                "/things/{channel}",
                Access.of(Scope.VIEWER),
                request ->
                    JsonAnswer.ok(
                            Map.of(
                                "channel", request.channel().value(),
                                "limit", request.limit(),
                                "who", request.caller().actor().label(),
                                "from", request.caller().actor().address()))
                        .at(7))
            .taking("limit", "cursor", "since"),
        Operation.patch(
            "change",
            "/things/{channel}",
            Access.of(Scope.OPERATOR),
            request ->
                JsonAnswer.ok(
                    Map.of(
                        "title", request.body().only("title").requiredText("title", 5),
                        "ifVersion", request.ifVersion().orElse(0L)))),
        Operation.post(
            "make",
            "/things",
            Access.toServer(Scope.OPERATOR),
            request ->
                JsonAnswer.created(
                    "/things/x",
                    Map.of("slug", request.body().text("slug", 100_000).orElse("none")))),
        Operation.delete(
            "fail",
            "/failures/{kind}",
            Access.of(Scope.VIEWER),
            request -> {
              throw failure(request.path("kind"));
            }));
  }

  private static RuntimeException failure(String kind) {
    return switch (kind) {
      case "unknown" -> new UnknownException("stream-key", "7");
      case "conflict" -> new ConflictingException("slug-taken", "There is one.");
      case "stale" -> new StaleException(1, 2);
      case "field" -> new InvalidFieldException("label", "label is wrong.");
      case "database" -> new DatabaseAwayException("away", new IllegalStateException());
      default -> new IllegalStateException("secret detail");
    };
  }

  @Test
  void request_withAToken_isAnswered_andSaysWhoItWas() {
    HttpResponse<String> answer =
        http.get("/api/v1/things/x?limit=7", "Authorization", "bEARER nova_viewer");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body())
        .contains("\"channel\":\"x\"", "\"limit\":7", "\"who\":\"nova_viewer\"")
        .contains("\"from\":\"127.0.0.1\"");
    assertThat(header(answer, "ETag")).isEqualTo("\"7\"");
    assertThat(header(answer, "Cache-Control")).isEqualTo("no-store");
    HttpResponse<String> head = http.send("HEAD", "/api/v1/things/x", "Authorization", viewer);
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
  }

  @Test
  void request_withoutAToken_isToldWhatIsMissing() {
    for (String shown : List.of("", "Basic bm92YQ==", "Bearer ", "Bearer a b", "nova_viewer")) {
      HttpResponse<String> answer = http.get("/api/v1/things/x", "Authorization", shown);
      assertProblem(answer, 401, "token-required");
      assertThat(header(answer, "WWW-Authenticate")).isEqualTo("Bearer realm=\"Nova\"");
    }
    assertProblem(http.get("/api/v1/things/x?access_token=nova_viewer"), 400, "invalid-parameter");
    assertThat(http.get("/api/v1/open").statusCode()).isEqualTo(200);
  }

  @Test
  void token_thatIsNone_isRefused_andCountsForItsAddress_notForOtherTokens() {
    for (int i = 0; i < 10; i++) {
      HttpResponse<String> wrong = http.get("/api/v1/things/x", "Authorization", "Bearer nova_no");
      assertProblem(wrong, 401, "invalid-token");
      assertThat(header(wrong, "WWW-Authenticate")).endsWith("error=\"invalid_token\"");
    }
    assertProblem(
        http.get("/api/v1/things/x", "Authorization", "Bearer nova_no"), 429, "too-many-requests");
    assertThat(http.get("/api/v1/things/x", "Authorization", viewer).statusCode()).isEqualTo(200);
  }

  @Test
  void routeElsewhere_thatIsProtected_needsATokenToo() {
    assertProblem(http.get("/metrics"), 401, "token-required");
    assertProblem(http.get("/metrics", "Authorization", ofOneChannel), 403, "token-of-one-channel");
    HttpResponse<String> answer = http.get("/metrics", "Authorization", viewer);
    assertThat(answer.body()).isEqualTo("nova_up 1");
    assertThat(header(answer, "RateLimit")).isEqualTo("\"default\";r=9;t=1");
  }

  @Test
  void scopeThatIsTooSmall_isForbidden() {
    HttpResponse<String> answer =
        send("PATCH", "/api/v1/things/x", JSON, "{\"title\":\"a\"}", viewer);
    assertProblem(answer, 403, "insufficient-scope");
    assertThat(header(answer, "WWW-Authenticate")).contains("insufficient_scope");
    assertThat(answer.body()).contains("expected: operator");
  }

  @Test
  void tokenOfAChannel_seesOnlyItsOwn() {
    assertThat(http.get("/api/v1/things/mine", "Authorization", ofOneChannel).statusCode())
        .isEqualTo(200);
    assertProblem(
        http.get("/api/v1/things/other", "Authorization", ofOneChannel), 404, "unknown-channel");
    assertProblem(
        send("POST", "/api/v1/things", JSON, "{}", ofOneChannel), 403, "token-of-one-channel");
  }

  @Test
  void requests_beyondTheLimit_waitForTheirTurn() {
    for (int left = 9; left >= 0; left--) {
      HttpResponse<String> answer = http.get("/api/v1/things/x", "Authorization", viewer);
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(header(answer, "RateLimit-Policy")).isEqualTo("\"default\";q=60;w=60");
      assertThat(header(answer, "RateLimit"))
          .isEqualTo("\"default\";r=%d;t=%d".formatted(left, 10 - left));
    }
    HttpResponse<String> tooMany = http.get("/api/v1/things/x", "Authorization", viewer);
    assertProblem(tooMany, 429, "too-many-requests");
    assertThat(header(tooMany, "Retry-After")).isEqualTo("1");
    assertThat(http.get("/api/v1/things/x", "Authorization", operator).statusCode())
        .as("another token")
        .isEqualTo(200);
    clock.advance(Duration.ofSeconds(2));
    assertThat(http.get("/api/v1/things/x", "Authorization", viewer).statusCode()).isEqualTo(200);
  }

  @Test
  void requests_withoutATokenBeyondTheLimit_areNotAnsweredMore() {
    for (int i = 0; i < 10; i++) {
      assertProblem(http.get("/api/v1/things/x"), 401, "token-required");
    }
    assertProblem(http.get("/api/v1/things/x"), 429, "too-many-requests");
    assertThat(http.get("/api/v1/things/x", "Authorization", viewer).statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({
    "limit=0,limit",
    "limit=201,limit",
    "limit=1e2,limit",
    "limit=-1,limit",
    "limit=,limit",
    "limit=%D9%A3,limit",
    "limit=1&limit=2,limit",
    "cursor=%00,cursor",
    "Limit=1,Limit",
    "unknown=1,unknown"
  })
  void queryParameter_thatCannotBe_isNamed(String query, String parameter) {
    HttpResponse<String> answer = http.get("/api/v1/things/x?" + query, "Authorization", viewer);
    assertProblem(answer, 400, "invalid-parameter");
    assertThat(answer.body()).contains("\"parameter\":\"" + parameter + "\"");
  }

  @Test
  void query_withABrokenEscape_isAProblem() throws Exception {
    assertThat(
            http.raw("GET /api/v1/open?limit=%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 400")
        .contains("malformed-query");
  }

  @ParameterizedTest
  @ValueSource(strings = {"UPPER", "%00", "a'; DROP TABLE channels; --", "..%2f..%2fetc", "%F0%9F"})
  void channelName_thatCannotBe_isUnknown(String slug) {
    String escaped = slug.replace(" ", "%20").replace("'", "%27").replace(";", "%3B");
    HttpResponse<String> answer = http.get("/api/v1/things/" + escaped, "Authorization", viewer);
    assertProblem(answer, 404, "unknown-channel");
    assertThat(answer.body()).doesNotContain("DROP");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"title\":1}                 | invalid-field  | /title",
        "{\"title\":null}              | invalid-field  | /title",
        "{\"title\":\"123456\"}        | invalid-field  | /title",
        "{\"title\":\"a\\u0000b\"}     | invalid-field  | /title",
        "{\"title\":\"\\ud800\"}       | invalid-field  | /title",
        "{\"title\":\"a\",\"x/y~\":1}  | invalid-field  | /x~1y~0",
        "{\"title\":\"a\",\"b\":[{\"c\":\"\\u0000\"}]} | invalid-field | /b/0/c",
        "{}                            | invalid-field  | /title",
        "[]                            | invalid-field  | ''",
        "\"text\"                      | invalid-field  | ''",
        "{\"title\":\"a\",\"title\":\"b\"} | malformed-json |",
        "{\"title\":\"a\"} {}          | malformed-json |",
        "{\"title\":\"a\"              | malformed-json |",
        "{title:1}                     | malformed-json |",
        "NaN                           | malformed-json |"
      })
  void body_thatCannotBe_isNamed(String body, String reason, String field) {
    HttpResponse<String> answer = send("PATCH", "/api/v1/things/x", JSON, body, operator);
    assertProblem(answer, 400, reason);
    if (field != null) {
      assertThat(answer.body()).contains("\"field\":\"" + field + "\"");
    }
  }

  @Test
  void body_thatIsDeepOrNotUnicode_isRefused() {
    String deep = "{\"a\":" + "[".repeat(2000) + "]".repeat(2000) + "}";
    assertProblem(send("PATCH", "/api/v1/things/x", JSON, deep, operator), 400, "malformed-json");
    HttpResponse<String> latin =
        http.send(
            "PATCH",
            "/api/v1/things/x",
            BodyPublishers.ofByteArray("{\"title\":\"ü\"}".getBytes(StandardCharsets.ISO_8859_1)),
            BodyHandlers.ofString(),
            "Authorization",
            operator,
            "Content-Type",
            JSON);
    assertProblem(latin, 400, "malformed-json");
  }

  @Test
  void bodyType_otherThanJson_isNotTaken() {
    String body = "{\"title\":\"a\"}";
    for (String type :
        List.of(
            "text/plain",
            "application/x-www-form-urlencoded",
            "json",
            "application/merge-patch+json")) { // in which null would remove
      assertProblem(
          send("PATCH", "/api/v1/things/x", type, body, operator), 415, "unsupported-media-type");
    }
    for (String type : List.of(JSON, "Application/JSON; charset=utf-8")) {
      assertThat(send("PATCH", "/api/v1/things/x", type, body, operator).statusCode())
          .isEqualTo(200);
    }
  }

  @Test
  void body_upToTheLimit_isTaken_andNoneBeyondIt() throws Exception {
    String largest = "{\"slug\":\"" + "a".repeat(BodyReader.MAX_BYTES - 11) + "\"}";
    assertThat(largest).hasSize(BodyReader.MAX_BYTES);
    assertThat(send("POST", "/api/v1/things", JSON, largest, operator).statusCode()).isEqualTo(201);
    assertThat(http.raw(post(operator, "Content-Length: 65537")))
        .startsWith("HTTP/1.1 413")
        .contains("body-too-large");
    String chunk = "10000\r\n" + "a".repeat(0x10000) + "\r\n";
    assertThat(http.raw(post(operator, "Transfer-Encoding: chunked") + chunk + "1\r\na\r\n"))
        .startsWith("HTTP/1.1 413")
        .contains("body-too-large");
  }

  @Test
  void body_ofWhoMayNotSendIt_isNotWaitedFor() throws Exception {
    for (List<String> refused :
        List.of(
            List.of("Basic bm92YQ==", "HTTP/1.1 401", "token-required"),
            List.of("Bearer nova_no", "HTTP/1.1 401", "invalid-token"),
            List.of(viewer, "HTTP/1.1 403", "insufficient-scope"))) {
      // The answer, and no more: the body never comes.
      assertThat(firstAnswer(post(refused.getFirst(), "Content-Length: 60000") + "{"))
          .startsWith(refused.get(1))
          .contains(refused.get(2));
    }
  }

  @Test
  void connection_isStillGood_afterABodyThatWasNotRead() throws Exception {
    String body = "a".repeat(60_000);
    String next = "GET /api/v1/open HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    assertThat(http.raw(post("Bearer nova_no", "Content-Length: 60000") + body + next))
        .startsWith("HTTP/1.1 401")
        .contains("HTTP/1.1 200")
        .endsWith("{\"open\":true}");
  }

  @Test
  void bodies_beyondThoseThatMayArriveAtOnce_areRefused() throws Exception {
    try (Socket slow = http.connect()) {
      slow.getOutputStream()
          .write((post(operator, "Content-Length: 2") + "{").getBytes(StandardCharsets.US_ASCII));
      HttpResponse<String> other;
      Instant patience = Instant.now().plusSeconds(10);
      do { // until the server has seen the slow one
        assertThat(Instant.now()).isBefore(patience);
        clock.advance(Duration.ofSeconds(1));
        other = send("POST", "/api/v1/things", JSON, "{}", operator);
      } while (other.statusCode() == 201);
      assertProblem(other, 503, "busy");
      assertThat(http.get("/api/v1/things/x", "Authorization", viewer).statusCode()).isEqualTo(200);

      slow.getOutputStream().write('}');
      byte[] status = slow.getInputStream().readNBytes(12);
      assertThat(new String(status, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 201");
    }
    assertThat(send("POST", "/api/v1/things", JSON, "{}", operator).statusCode()).isEqualTo(201);
  }

  /// What comes back of one answer with a body of JSON; the connection may stay open.
  private String firstAnswer(String request) throws Exception {
    try (Socket socket = http.connect()) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      StringBuilder answer = new StringBuilder();
      while (answer.length() == 0 || answer.charAt(answer.length() - 1) != '}') {
        int next = socket.getInputStream().read();
        assertThat(next).as(answer.toString()).isNotNegative();
        answer.append((char) next);
      }
      return answer.toString();
    }
  }

  private static String post(String authorization, String header) {
    return String.join(
        "\r\n",
        "POST /api/v1/things HTTP/1.1",
        "Host: x",
        "Authorization: " + authorization,
        "Content-Type: application/json",
        header,
        "",
        "");
  }

  @Test
  void bodyOfUnknownLength_inHttp2_isTakenOrRefusedAlone() {
    for (int size : List.of(10, 1 << 20)) {
      byte[] body = ("{\"slug\":\"" + "a".repeat(size) + "\"}").getBytes(StandardCharsets.US_ASCII);
      HttpResponse<String> answer =
          http.send(
              "POST",
              "/api/v1/things",
              BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)),
              BodyHandlers.ofString(),
              "Authorization",
              operator,
              "Content-Type",
              JSON);
      assertThat(answer.statusCode()).isEqualTo(size < 100 ? 201 : 413);
    }
    assertThat(http.get("/api/v1/open").statusCode()).isEqualTo(200);
  }

  @Test
  void created_saysWhere() {
    HttpResponse<String> answer = send("POST", "/api/v1/things", JSON, "", operator);
    assertThat(answer.statusCode()).isEqualTo(201);
    assertThat(header(answer, "Location")).isEqualTo("/live/api/v1/things/x");
    assertThat(answer.body()).isEqualTo("{\"slug\":\"none\"}");
  }

  @ParameterizedTest
  @CsvSource({
    "'\"7\"', 200, 7",
    "*, 200, 0",
    "'\"abc\"', 412, ",
    "'W/\"7\"', 412, ",
    "'\"0\"', 412, ",
    "7, 400, ",
    "'\"1\", \"2\"', 400, "
  })
  void ifMatch_isAVersion(String ifMatch, int status, String version) {
    HttpResponse<String> answer =
        http.send(
            "PATCH",
            "/api/v1/things/x",
            BodyPublishers.ofString("{\"title\":\"a\"}"),
            BodyHandlers.ofString(),
            "Authorization",
            operator,
            "Content-Type",
            JSON,
            "If-Match",
            ifMatch);
    assertThat(answer.statusCode()).isEqualTo(status);
    if (version != null) {
      assertThat(answer.body()).contains("\"ifVersion\":" + version);
    }
  }

  @Test
  void ifMatch_isNotLookedAt_whereNothingIsChanged() {
    for (String ifMatch : List.of("\"abc\"", "abc", "\"1\", \"2\"")) {
      assertThat(
              http.get("/api/v1/things/x", "Authorization", viewer, "If-Match", ifMatch)
                  .statusCode())
          .isEqualTo(200);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "unknown, 404, unknown-stream-key",
    "conflict, 409, slug-taken",
    "stale, 412, changed-meanwhile",
    "field, 400, invalid-parameter",
    "database, 503, database-away",
    "other, 500, internal-error"
  })
  void failure_becomesAProblem(String kind, int status, String reason) {
    HttpResponse<String> answer =
        http.send("DELETE", "/api/v1/failures/" + kind, "Authorization", viewer);
    assertProblem(answer, status, reason);
    assertThat(answer.body()).doesNotContain("secret detail");
    assertThat(header(answer, "Retry-After")).isEqualTo(status == 503 ? "5" : "");
  }

  @Test
  void otherMethods_areToldWhatCanBeDone_andPreflightAsksNobody() {
    HttpResponse<String> refused = http.send("PUT", "/api/v1/things/x");
    assertProblem(refused, 405, "method-not-allowed");
    assertThat(header(refused, "Allow")).isEqualTo("GET, HEAD, PATCH, OPTIONS");

    HttpResponse<String> preflight = http.send("OPTIONS", "/api/v1/things/x");
    assertThat(preflight.statusCode()).isEqualTo(204);
    assertThat(header(preflight, "Access-Control-Allow-Origin")).isEqualTo("*");
    assertThat(header(preflight, "Access-Control-Allow-Methods"))
        .isEqualTo("GET, HEAD, PATCH, OPTIONS");
    assertThat(header(preflight, "Access-Control-Allow-Headers"))
        .isEqualTo("Authorization, Content-Type, If-Match");
    assertThat(header(http.get("/api/v1/open"), "Access-Control-Expose-Headers"))
        .contains("ETag", "Location", "RateLimit", "Retry-After");
  }

  private HttpResponse<String> send(
      String method, String path, String type, String body, String token) {
    return http.send(
        method,
        path,
        BodyPublishers.ofString(body),
        BodyHandlers.ofString(),
        "Authorization",
        token,
        "Content-Type",
        type);
  }

  private static void assertProblem(HttpResponse<String> answer, int status, String reason) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(header(answer, "Content-Type")).isEqualTo("application/problem+json");
    assertThat(answer.body()).contains("\"status\":" + status, "\"reason\":\"" + reason + "\"");
  }
}
