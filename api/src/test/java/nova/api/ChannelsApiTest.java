package nova.api;

import static nova.api.ApiServer.assertProblem;
import static nova.api.ApiServer.header;
import static nova.api.ApiServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nova.control.database.TestDatabase;
import nova.control.token.Scope;
import nova.core.ChannelSlug;
import nova.core.StreamEvent.StreamStarted;
import nova.core.StreamId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ChannelsApiTest {
  @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

  private ApiServer server;

  @BeforeEach
  void start() {
    server = new ApiServer(DATABASE);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void channel_isMade_readChangedAndDeleted() {
    HttpResponse<String> made =
        post(
            "/api/v1/channels",
            "{\"slug\":\"evening-show\",\"title\":\"The Evening \uD83C\uDFA5\"}");
    assertThat(made.statusCode()).isEqualTo(201);
    assertThat(header(made, "Location")).isEqualTo("/api/v1/channels/evening-show");
    assertThat(header(made, "ETag")).isEqualTo("\"1\"");
    assertThat(made.body())
        .isEqualTo(
            """
            {"slug":"evening-show","title":"The Evening \uD83C\uDFA5","broadcasterId":"","listed":true,\
            "playback":"public","createdAt":"2026-11-22T16:00:00Z",\
            "updatedAt":"2026-11-22T16:00:00Z","version":1}\
            """);
    HttpResponse<String> read = server.read("/api/v1/channels/evening-show");
    assertThat(read.body()).isEqualTo(made.body());

    server.clock.advanceMs(1_234);
    HttpResponse<String> changed =
        patch("evening-show", "{\"listed\":false,\"playback\":\"token\"}");
    assertThat(changed.statusCode()).isEqualTo(200);
    assertThat(header(changed, "ETag")).isEqualTo("\"2\"");
    assertThat(json(changed).path("listed").asBoolean()).isFalse();
    assertThat(json(changed).path("playback").asText()).isEqualTo("token");
    assertThat(json(changed).path("title").asText()).startsWith("The Evening");
    assertThat(json(changed).path("updatedAt").asText()).isEqualTo("2026-11-22T16:00:01.234Z");

    HttpResponse<String> deleted =
        server.ask("DELETE", "/api/v1/channels/evening-show", server.operator, null);
    assertThat(deleted.statusCode()).isEqualTo(204);
    assertThat(deleted.body()).isEmpty();
    assertThat(server.read("/api/v1/channels/evening-show").statusCode()).isEqualTo(404);
  }

  @Test
  void slug_thatIsTaken_isAConflict() {
    var _ = server.channel("live");
    assertProblem(post("/api/v1/channels", "{\"slug\":\"live\"}"), 409, "slug-taken");
  }

  @Test
  void change_ofAnOldVersion_changesNothing() {
    var _ = server.channel("live");
    assertThat(patch("live", "{\"title\":\"a\"}", "If-Match", "\"1\"").statusCode()).isEqualTo(200);
    assertProblem(
        patch("live", "{\"title\":\"b\"}", "If-Match", "\"1\""), 412, "changed-meanwhile");
    assertProblem(
        server.ask("DELETE", "/api/v1/channels/live", server.operator, null, "If-Match", "\"1\""),
        412,
        "changed-meanwhile");
    assertThat(server.json("/api/v1/channels/live").path("title").asText()).isEqualTo("a");
    assertThat(patch("live", "{\"title\":\"c\"}", "If-Match", "*").statusCode()).isEqualTo(200);
  }

  @Test
  void newChannel_thatCannotBe_isRefused_andNothingIsWritten() {
    for (List<String> wrong :
        List.of(
            List.of("{\"title\":\"x\"}", "/slug"),
            List.of("{\"slug\":\"UPPER\"}", "/slug"),
            List.of("{\"slug\":\"../../etc/passwd\"}", "/slug"),
            List.of("{\"slug\":\"a'; DROP TABLE channels; --\"}", "/slug"),
            List.of("{\"slug\":7}", "/slug"),
            List.of("{\"slug\":\"ok\",\"listed\":\"true\"}", "/listed"),
            List.of("{\"slug\":\"ok\",\"playback\":\"PUBLIC\"}", "/playback"),
            List.of("{\"slug\":\"ok\",\"title\":null}", "/title"),
            List.of("{\"slug\":\"ok\",\"version\":7}", "/version"),
            List.of("{\"slug\":\"ok\",\"id\":\"x\"}", "/id"))) {
      String body = wrong.get(0);
      String field = wrong.get(1);
      HttpResponse<String> answer = post("/api/v1/channels", body);
      assertProblem(answer, 400, "invalid-field");
      assertThat(json(answer).path("field").asText()).isEqualTo(field);
      assertThat(server.json("/api/v1/channels").path("channels")).isEmpty();
    }
  }

  @Test
  void text_thatLooksLikeSql_isText() {
    String title = "'); DROP TABLE channels; --";
    assertThat(
            post("/api/v1/channels", "{\"slug\":\"odd\",\"title\":\"%s\"}".formatted(title))
                .statusCode())
        .isEqualTo(201);
    assertThat(server.json("/api/v1/channels/odd").path("title").asText()).isEqualTo(title);
  }

  @Test
  void path_thatIsNoChannel_isUnknown() {
    for (String slug :
        List.of(
            "%2e%2e", "..%2fchannels", "%2e%2e%2f%2e%2e%2fetc", "UPPER", "a%00", "a%20b", "-a")) {
      for (String method : List.of("GET", "DELETE")) {
        HttpResponse<String> answer =
            server.ask(method, "/api/v1/channels/" + slug, server.admin, null);
        assertThat(answer.statusCode()).as(slug).isEqualTo(404);
        assertThat(header(answer, "Content-Type")).isEqualTo("application/problem+json");
      }
    }
  }

  @Test
  void pages_haveEveryChannelOnce() {
    for (int i = 0; i < 7; i++) {
      var _ = server.channel("c" + i);
    }
    List<String> read = new ArrayList<>();
    String cursor = "";
    do {
      JsonNode page =
          server.json("/api/v1/channels?limit=3" + (cursor.isEmpty() ? "" : "&cursor=" + cursor));
      assertThat(page.path("channels").size()).isLessThanOrEqualTo(3);
      read.addAll(page.path("channels").findValuesAsText("slug"));
      cursor = page.path("nextCursor").asText();
    } while (!cursor.isEmpty());
    assertThat(read).hasSize(7).doesNotHaveDuplicates();
    for (String foreign : List.of("A%20B", "c1", "MTIz", "MS9hYmM")) {
      assertProblem(server.read("/api/v1/channels?cursor=" + foreign), 400, "invalid-parameter");
    }
  }

  @Test
  void pages_goOn_whereAChannelWasThatIsGone() {
    for (int i = 0; i < 3; i++) {
      var _ = server.channel("c" + i);
      server.clock.advanceMs(1);
    }
    String cursor = server.json("/api/v1/channels?limit=2").path("nextCursor").asText();
    var _ = server.ask("DELETE", "/api/v1/channels/c1", server.operator, null);
    assertThat(
            server
                .json("/api/v1/channels?limit=2&cursor=" + cursor)
                .path("channels")
                .findValuesAsText("slug"))
        .containsExactly("c2");
  }

  @Test
  void channel_thatIsLive_namesItsStream() {
    ChannelSlug slug = server.channel("live").slug();
    StreamId stream = new StreamId("k7m2p9xq4wz8rt3v");
    server.events.publish(
        new StreamStarted(
            stream, server.clock.instant(), slug, "192.0.2.1:1", "OBS", Optional.empty()));
    assertThat(server.json("/api/v1/channels/live").path("liveStream").asText())
        .isEqualTo(stream.value());
  }

  @Test
  void tokenOfAChannel_seesAndChangesOnlyThat() {
    var _ = server.channel("other");
    String mine = server.token(Scope.OPERATOR, server.channel("mine").slug());
    assertThat(json(server.ask("GET", "/api/v1/channels", mine, null)).path("channels"))
        .hasSize(1)
        .allMatch(channel -> channel.path("slug").asText().equals("mine"));
    assertThat(server.ask("PATCH", "/api/v1/channels/mine", mine, "{\"title\":\"x\"}").statusCode())
        .isEqualTo(200);
    assertProblem(server.ask("GET", "/api/v1/channels/other", mine, null), 404, "unknown-channel");
    for (String slug : List.of("mine", "other")) { // which it could not make again
      assertProblem(
          server.ask("DELETE", "/api/v1/channels/" + slug, mine, null),
          403,
          "token-of-one-channel");
      assertThat(server.read("/api/v1/channels/" + slug).statusCode()).isEqualTo(200);
    }
    assertProblem(
        server.ask("POST", "/api/v1/channels", mine, "{\"slug\":\"new\"}"),
        403,
        "token-of-one-channel");
    assertThat(server.read("/api/v1/channels/other").statusCode()).isEqualTo(200);
  }

  @Test
  void viewer_onlyReads() {
    var _ = server.channel("live");
    assertThat(server.ask("GET", "/api/v1/channels/live", server.viewer, null).statusCode())
        .isEqualTo(200);
    assertProblem(
        server.ask("PATCH", "/api/v1/channels/live", server.viewer, "{}"),
        403,
        "insufficient-scope");
    assertProblem(server.get("/api/v1/channels/live"), 401, "token-required");
  }

  private HttpResponse<String> post(String path, String body) {
    return server.ask("POST", path, server.operator, body);
  }

  private HttpResponse<String> patch(String slug, String body, String... headers) {
    return server.ask("PATCH", "/api/v1/channels/" + slug, server.operator, body, headers);
  }
}
