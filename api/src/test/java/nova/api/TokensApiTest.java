package nova.api;

import static nova.api.ApiServer.assertProblem;
import static nova.api.ApiServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import nova.control.channel.ChannelChange;
import nova.control.channel.PlaybackPolicy;
import nova.control.database.TestDatabase;
import nova.control.token.Scope;
import nova.core.ChannelSlug;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class TokensApiTest {
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
  void token_tellsItsSecretOnce_opensUntilItIsRevoked() {
    JsonNode made = json(post("/api/v1/tokens", "{\"scope\":\"viewer\",\"label\":\"Wall\"}"));
    String secret = made.path("secret").asText();
    assertThat(server.ask("GET", "/api/v1/channels", secret, null).statusCode()).isEqualTo(200);
    String own = "/api/v1/tokens/" + made.path("id").asText();
    for (String path : List.of(own, "/api/v1/tokens", "/api/v1/audit")) {
      assertThat(server.read(path).body()).doesNotContain(secret);
    }
    assertThat(server.json(own).has("lastUsedAt")).isTrue();
    HttpResponse<String> revoked = server.ask("POST", own + "/revoke", server.admin, null);
    assertThat(json(revoked).path("state").asText()).isEqualTo("revoked");
    assertProblem(server.ask("GET", "/api/v1/channels", secret, null), 401, "invalid-token");
  }

  @Test
  void token_thatExpired_opensNothing() {
    JsonNode made =
        json(
            post(
                "/api/v1/tokens", "{\"scope\":\"viewer\",\"expiresAt\":\"2026-11-22T16:00:10Z\"}"));
    server.clock.advance(Duration.ofSeconds(10));
    assertProblem(
        server.ask("GET", "/api/v1/channels", made.path("secret").asText(), null),
        401,
        "invalid-token");
    assertThat(server.json("/api/v1/tokens/" + made.path("id").asText()).path("state").asText())
        .isEqualTo("expired");
  }

  @Test
  void madeUpTokens_ofAnAddress_shutOutOnlyTokensThatAreNotKnown() {
    ChannelSlug members = server.channel("members").slug();
    server.change(
        members,
        new ChannelChange(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(PlaybackPolicy.TOKEN)));
    assertThat(server.ask("GET", "/api/v1/channels", server.viewer, null).statusCode())
        .isEqualTo(200);
    List<String> waysIn = List.of("/api/v1/channels", "/api/v1/channels/members/playback");
    for (int i = 0; i < 20; i++) { // both ways count together
      assertThat(server.ask("GET", waysIn.get(i % 2), "nova_" + i, null).statusCode())
          .isIn(401, 403);
    }

    for (String path : waysIn) {
      HttpResponse<String> refused = server.ask("GET", path, server.operator, null);
      assertProblem(refused, 429, "too-many-wrong-tokens");
      assertThat(ApiServer.header(refused, "Retry-After")).isEqualTo("3");
      assertThat(server.ask("GET", path, server.viewer, null).statusCode()).isEqualTo(200);
    }
    server.clock.advance(Duration.ofSeconds(3));
    assertThat(server.ask("GET", "/api/v1/channels", server.operator, null).statusCode())
        .isEqualTo(200);
  }

  @Test
  void lastAdmin_cannotBeRevoked() {
    String id =
        server.json("/api/v1/tokens").path("tokens").findParents("scope").stream()
            .filter(token -> token.path("scope").asText().equals("admin"))
            .map(token -> token.path("id").asText())
            .findFirst()
            .orElseThrow();
    assertProblem(post("/api/v1/tokens/%s/revoke".formatted(id), "{}"), 409, "last-admin-token");
  }

  @Test
  void newToken_thatCannotBe_isRefused_andNoneIsMade() {
    for (List<String> wrong :
        List.of(
            List.of("{}", "400", "/scope"),
            List.of("{\"scope\":\"root\"}", "400", "/scope"),
            List.of("{\"scope\":[\"admin\"]}", "400", "/scope"),
            List.of("{\"scope\":\"viewer\",\"channel\":\"../x\"}", "400", "/channel"),
            List.of("{\"scope\":\"viewer\",\"channel\":\"none\"}", "404", ""),
            List.of("{\"scope\":\"viewer\",\"expiresAt\":0}", "400", "/expiresAt"),
            List.of(
                "{\"scope\":\"viewer\",\"expiresAt\":\"2020-01-01T00:00:00Z\"}",
                "400",
                "/expiresAt"),
            List.of("{\"scope\":\"viewer\",\"secret\":\"nova_1\"}", "400", "/secret"))) {
      String body = wrong.get(0);
      int status = Integer.parseInt(wrong.get(1));
      String field = wrong.get(2);
      HttpResponse<String> answer = post("/api/v1/tokens", body);
      assertThat(answer.statusCode()).isEqualTo(status);
      if (!field.isEmpty()) {
        assertThat(json(answer).path("field").asText()).isEqualTo(field);
      }
      assertThat(server.json("/api/v1/tokens").path("tokens")).hasSize(3);
    }
  }

  @Test
  void tokensAndAudit_areForAdminsOfTheWholeServer() {
    String ofOne = server.token(Scope.OPERATOR, server.channel("mine").slug());
    for (String path : List.of("/api/v1/tokens", "/api/v1/audit")) {
      assertProblem(server.ask("GET", path, server.operator, null), 403, "insufficient-scope");
      assertProblem(server.ask("GET", path, ofOne, null), 403, "insufficient-scope");
      assertThat(server.ask("GET", path, server.admin, null).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void audit_tellsWhoDidWhat_andIsFiltered() {
    var _ = server.ask("POST", "/api/v1/channels", server.operator, "{\"slug\":\"live\"}");
    server.clock.advance(Duration.ofMinutes(1));
    var _ = server.ask("PATCH", "/api/v1/channels/live", server.admin, "{\"title\":\"a\"}");

    JsonNode entries = server.json("/api/v1/audit?subject=channel:live").path("entries");
    assertThat(entries.findValuesAsText("action"))
        .containsExactly("channel-updated", "channel-created");
    JsonNode first = entries.path(0);
    assertThat(first.path("actor").path("kind").asText()).isEqualTo("token");
    assertThat(first.path("actor").path("label").asText()).isEqualTo("admin");
    assertThat(first.path("actor").path("address").asText()).isEqualTo("127.0.0.1");
    assertThat(first.path("subject").path("id").asText()).isEqualTo("live");
    assertThat(first.path("details").path("fields").path(0).asText()).isEqualTo("title");

    String actor = first.path("actor").path("id").asText();
    assertThat(actions("actor=" + actor)).containsExactly("channel-updated");
    assertThat(actions("action=channel-created")).containsExactly("channel-created");
    assertThat(actions("subject=channel")).hasSize(2);
    assertThat(actions("since=2026-11-22T16:00:30Z")).containsExactly("channel-updated");
    assertThat(actions("until=2026-11-22T16:00:30Z&subject=channel"))
        .containsExactly("channel-created");
    assertThat(actions("subject=channel:%27%20OR%201%3D1%20--")).isEmpty();
    assertProblem(server.read("/api/v1/audit?since=yesterday"), 400, "invalid-parameter");
    assertProblem(server.read("/api/v1/audit?cursor=x"), 400, "invalid-parameter");
  }

  @Test
  void pagesOfTheAuditLog_haveEveryEntryOnce() {
    JsonNode first = server.json("/api/v1/audit?limit=2");
    JsonNode second =
        server.json("/api/v1/audit?limit=2&cursor=" + first.path("nextCursor").asText());
    assertThat(first.path("entries")).hasSize(2);
    assertThat(second.path("entries")).hasSize(1);
    assertThat(second.has("nextCursor")).isFalse();
    JsonNode tokens = server.json("/api/v1/tokens?limit=2");
    assertThat(
            server
                .json("/api/v1/tokens?limit=2&cursor=" + tokens.path("nextCursor").asText())
                .path("tokens"))
        .hasSize(1);
  }

  private List<String> actions(String query) {
    return server.json("/api/v1/audit?" + query).path("entries").findValuesAsText("action");
  }

  private HttpResponse<String> post(String path, String body) {
    return server.ask("POST", path, server.admin, body);
  }
}
