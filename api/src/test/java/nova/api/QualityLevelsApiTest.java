package nova.api;

import static nova.api.ApiServer.header;
import static nova.api.ApiServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.List;
import nova.control.database.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class QualityLevelsApiTest {
  @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

  private static final String LEVELS = "/api/v1/quality-levels";

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
  void level_isMade_readChangedAndDeleted() {
    HttpResponse<String> made = make(720, 3_000_000);
    assertThat(made.statusCode()).isEqualTo(201);
    assertThat(header(made, "Location")).isEqualTo(LEVELS + "/720p");
    assertThat(made.body())
        .isEqualTo(
            """
            {"name":"720p","height":720,"videoBitrateBps":3000000,"maxFrameRate":60,"enabled":true,\
            "createdAt":"2026-11-22T16:00:00Z","updatedAt":"2026-11-22T16:00:00Z","version":1}\
            """);
    assertThat(server.read(LEVELS + "/720p").body()).isEqualTo(made.body());
    assertThat(make(1080, 5_000_000).statusCode()).isEqualTo(201);
    assertThat(server.json(LEVELS).path("qualityLevels").findValuesAsText("name"))
        .containsExactly("1080p", "720p");

    HttpResponse<String> changed =
        server.ask(
            "PATCH", LEVELS + "/720p", server.admin, "{\"enabled\":false}", "If-Match", "\"1\"");
    assertThat(json(changed).path("enabled").asBoolean()).isFalse();
    assertThat(header(changed, "ETag")).isEqualTo("\"2\"");
    HttpResponse<String> stale =
        server.ask("DELETE", LEVELS + "/720p", server.admin, null, "If-Match", "\"1\"");
    assertThat(stale.statusCode()).isEqualTo(412);
    assertThat(server.ask("DELETE", LEVELS + "/720p", server.admin, null).statusCode())
        .isEqualTo(204);
    assertThat(server.read(LEVELS + "/720p").statusCode()).isEqualTo(404);
  }

  @Test
  void level_thatIsThere_isAConflict() {
    assertThat(make(720, 3_000_000).statusCode()).isEqualTo(201);
    HttpResponse<String> again = make(720, 2_000_000);
    assertThat(again.statusCode()).isEqualTo(409);
    assertThat(json(again).path("reason").asText()).isEqualTo("quality-level-exists");
    assertThat(server.json(LEVELS + "/720p").path("videoBitrateBps").asLong()).isEqualTo(3_000_000);
  }

  @Test
  void newLevel_thatCannotBe_isRefused_andNoneIsMade() {
    for (List<String> wrong :
        List.of(
            List.of("{\"videoBitrateBps\":3000000}", "/height"),
            List.of("{\"height\":720}", "/videoBitrateBps"),
            List.of("{\"height\":\"720\",\"videoBitrateBps\":3000000}", "/height"),
            List.of("{\"height\":721,\"videoBitrateBps\":3000000}", "/height"),
            List.of("{\"height\":8640,\"videoBitrateBps\":3000000}", "/height"),
            List.of("{\"height\":4294967296,\"videoBitrateBps\":3000000}", "/height"),
            List.of("{\"height\":720,\"videoBitrateBps\":1}", "/videoBitrateBps"),
            List.of(
                "{\"height\":720,\"videoBitrateBps\":3000000,\"maxFrameRate\":29.97}",
                "/maxFrameRate"),
            List.of("{\"height\":720,\"videoBitrateBps\":3000000,\"name\":\"x\"}", "/name"))) {
      String body = wrong.get(0);
      String field = wrong.get(1);
      HttpResponse<String> answer = server.ask("POST", LEVELS, server.admin, body);
      assertThat(answer.statusCode()).isEqualTo(400);
      assertThat(json(answer).path("field").asText()).isEqualTo(field);
      assertThat(server.json(LEVELS).path("qualityLevels")).isEmpty();
    }
  }

  @Test
  void everybodyWithATokenReads_andAdminsChange() {
    assertThat(server.ask("GET", LEVELS, server.viewer, null).statusCode()).isEqualTo(200);
    assertThat(server.ask("POST", LEVELS, server.operator, "{}").statusCode()).isEqualTo(403);
    for (String name : List.of("720P", "%2e%2e", "99999p", "'%20OR%201=1", "0720p")) {
      assertThat(server.read(LEVELS + "/" + name).statusCode()).as(name).isEqualTo(404);
    }
  }

  private HttpResponse<String> make(int height, int bitrate) {
    return server.ask(
        "POST",
        LEVELS,
        server.admin,
        "{\"height\":%d,\"videoBitrateBps\":%d}".formatted(height, bitrate));
  }
}
