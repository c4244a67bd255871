package nova.api;

import static nova.api.ApiServer.assertProblem;
import static nova.api.ApiServer.header;
import static nova.api.ApiServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import nova.control.database.TestDatabase;
import nova.control.streamkey.KeyCheck;
import nova.control.token.Scope;
import nova.core.ChannelSlug;
import nova.core.StreamEvent.StreamStarted;
import nova.core.StreamId;
import nova.core.StreamKeyId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class StreamKeysApiTest {
  @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

  private static final String KEYS = "/api/v1/channels/live/stream-keys";

  private ApiServer server;

  @BeforeEach
  void start() {
    server = new ApiServer(DATABASE);
    var _ = server.channel("live");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void key_tellsItsSecretOnce_andOpensTheChannel() {
    HttpResponse<String> made =
        post(
            KEYS,
            "{\"label\":\"Studio\",\"allowedNetworks\":[\"192.0.2.0/24\"],"
                + "\"expiresAt\":\"2026-11-22T19:00:00+02:00\"}");
    assertThat(made.statusCode()).isEqualTo(201);
    JsonNode key = json(made);
    assertThat(key.path("expiresAt").asText()).isEqualTo("2026-11-22T17:00:00Z");
    assertThat(key.path("state").asText()).isEqualTo("active");
    String secret = key.path("secret").asText();
    assertThat(check(secret, "192.0.2.9")).isInstanceOf(KeyCheck.Accepted.class);
    assertThat(check(secret, "198.51.100.1")).isInstanceOf(KeyCheck.Refused.class);

    String own = header(made, "Location");
    assertThat(own).isEqualTo("/api/v1/stream-keys/" + key.path("id").asText());
    for (String path : List.of(own, KEYS, "/api/v1/audit")) {
      assertThat(server.read(path).body()).doesNotContain(secret).doesNotContain("sha256");
    }
    assertThat(server.json(KEYS).path("streamKeys").findValuesAsText("label"))
        .containsExactly("Studio");
    server.clock.advance(Duration.ofHours(1));
    assertThat(server.json(own).path("state").asText()).isEqualTo("expired");
  }

  @Test
  void key_withoutABody_isForEverywhereAndForEver() {
    HttpResponse<String> made = server.ask("POST", KEYS, server.operator, null);
    assertThat(made.statusCode()).isEqualTo(201);
    assertThat(json(made).path("allowedNetworks")).isEmpty();
    assertThat(json(made).has("expiresAt")).isFalse();
  }

  @Test
  void rotatedKey_worksOnForTheOverlap_andIsReplaced() {
    JsonNode old = json(post(KEYS, "{\"label\":\"Studio\"}"));
    HttpResponse<String> rotated = post(path(old) + "/rotate", "{\"overlapSeconds\":60}");
    assertThat(rotated.statusCode()).isEqualTo(201);
    assertThat(json(rotated).path("replaces")).isEqualTo(old.path("id"));
    assertThat(json(rotated).path("label").asText()).isEqualTo("Studio");
    String next = json(rotated).path("secret").asText();
    assertThat(next).isNotEqualTo(old.path("secret").asText());
    assertThat(check(old.path("secret").asText(), "192.0.2.9"))
        .isInstanceOf(KeyCheck.Accepted.class);
    server.clock.advance(Duration.ofSeconds(60));
    assertThat(check(old.path("secret").asText(), "192.0.2.9"))
        .isInstanceOf(KeyCheck.Refused.class);
    assertThat(check(next, "192.0.2.9")).isInstanceOf(KeyCheck.Accepted.class);
    assertProblem(post(path(old) + "/rotate", "{}"), 409, "stream-key-replaced");
  }

  @Test
  void revokedKey_endsWhatIsLive_andStaysRevoked() {
    JsonNode key = json(post(KEYS, "{}"));
    StreamId stream = new StreamId("k7m2p9xq4wz8rt3v");
    server.events.publish(
        new StreamStarted(
            stream,
            server.clock.instant(),
            new ChannelSlug("live"),
            "192.0.2.9:1",
            "OBS",
            Optional.of(new StreamKeyId(UUID.fromString(key.path("id").asText())))));
    server.settle();
    for (int time = 0; time < 2; time++) {
      HttpResponse<String> revoked =
          server.ask("POST", path(key) + "/revoke", server.operator, null);
      assertThat(revoked.statusCode()).isEqualTo(200);
      assertThat(json(revoked).path("state").asText()).isEqualTo("revoked");
      assertThat(json(revoked).path("revokedAt").asText()).isEqualTo("2026-11-22T16:00:00Z");
      server.clock.advanceMs(1_000);
    }
    assertThat(server.stopped).containsOnlyKeys(stream);
    assertProblem(post(path(key) + "/revoke", "{\"really\":true}"), 400, "invalid-field");
  }

  @Test
  void newKey_thatCannotBe_isRefused_andNoneIsMade() {
    for (List<String> wrong :
        List.of(
            List.of("{\"label\":7}", "/label"),
            List.of("{\"allowedNetworks\":\"192.0.2.0/24\"}", "/allowedNetworks"),
            List.of("{\"allowedNetworks\":[\"192.0.2.0/24\",7]}", "/allowedNetworks/1"),
            List.of("{\"allowedNetworks\":[\"192.0.2.0/33\"]}", "/allowedNetworks"),
            List.of("{\"allowedNetworks\":[\"example.com\"]}", "/allowedNetworks"),
            List.of("{\"expiresAt\":\"tomorrow\"}", "/expiresAt"),
            List.of("{\"expiresAt\":\"2026-11-22\"}", "/expiresAt"),
            List.of("{\"expiresAt\":\"+999999999-12-31T23:59:59Z\"}", "/expiresAt"),
            List.of("{\"expiresAt\":\"2026-11-22T15:59:59Z\"}", "/expiresAt"),
            List.of("{\"secret\":\"mine\"}", "/secret"))) {
      String body = wrong.get(0);
      String field = wrong.get(1);
      HttpResponse<String> answer = post(KEYS, body);
      assertProblem(answer, 400, "invalid-field");
      assertThat(json(answer).path("field").asText()).isEqualTo(field);
      assertThat(server.json(KEYS).path("streamKeys")).isEmpty();
    }
  }

  @Test
  void overlap_thatCannotBe_isRefused_andTheKeyStays() {
    JsonNode key = json(post(KEYS, "{}"));
    for (String overlap :
        List.of("-1", "2592001", "1.5", "\"60\"", "1e3", "99999999999999999999")) {
      HttpResponse<String> answer =
          post(path(key) + "/rotate", "{\"overlapSeconds\":%s}".formatted(overlap));
      assertProblem(answer, 400, "invalid-field");
      assertThat(json(answer).path("field").asText()).isEqualTo("/overlapSeconds");
      assertThat(server.json(KEYS).path("streamKeys")).as(overlap).hasSize(1);
      assertThat(server.json(path(key)).has("expiresAt")).isFalse();
    }
  }

  @Test
  void keyThatIsNotThere_isUnknown() {
    for (String id :
        List.of(UUID.randomUUID().toString(), "1-1-1-1-1", "x", "%2e%2e", "'%20OR%201=1")) {
      HttpResponse<String> answer = server.read("/api/v1/stream-keys/" + id);
      assertThat(answer.statusCode()).as(id).isEqualTo(404);
    }
    assertProblem(post("/api/v1/channels/nobody/stream-keys", "{}"), 404, "unknown-channel");
  }

  @Test
  void keysOfAnotherChannel_areNotThereForATokenOfOne() {
    JsonNode key = json(post(KEYS, "{}"));
    String other = server.token(Scope.OPERATOR, server.channel("other").slug());
    assertProblem(server.ask("GET", KEYS, other, null), 404, "unknown-channel");
    for (String action : List.of("/rotate", "/revoke")) {
      assertProblem(server.ask("POST", path(key) + action, other, null), 404, "unknown-stream-key");
    }
    assertThat(server.json(path(key)).path("state").asText()).isEqualTo("active");
    assertProblem(server.ask("GET", KEYS, server.viewer, null), 403, "insufficient-scope");
  }

  @Test
  void pages_haveEveryKeyOnce() {
    for (int i = 0; i < 3; i++) {
      var _ = post(KEYS, "{\"label\":\"%d\"}".formatted(i));
      server.clock.advanceMs(1);
    }
    JsonNode first = server.json(KEYS + "?limit=2");
    JsonNode second = server.json(KEYS + "?limit=2&cursor=" + first.path("nextCursor").asText());
    assertThat(first.path("streamKeys").findValuesAsText("label")).containsExactly("0", "1");
    assertThat(second.path("streamKeys").findValuesAsText("label")).containsExactly("2");
    assertThat(Optional.ofNullable(second.get("nextCursor"))).isEmpty();
    assertProblem(server.read(KEYS + "?cursor=nowhere"), 400, "invalid-parameter");
  }

  private KeyCheck check(String secret, String address) {
    return server.control.streamKeys().check(secret, address);
  }

  private static String path(JsonNode key) {
    return "/api/v1/stream-keys/" + key.path("id").asText();
  }

  private HttpResponse<String> post(String path, String body) {
    return server.ask("POST", path, server.operator, body);
  }
}
