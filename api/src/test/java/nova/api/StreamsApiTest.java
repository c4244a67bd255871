package nova.api;

import static nova.api.ApiServer.assertProblem;
import static nova.api.ApiServer.header;
import static nova.api.TestShow.ADDRESS;
import static nova.api.TestShow.CHANNEL;
import static nova.api.TestShow.HEALTH;
import static nova.api.TestShow.STREAM;
import static nova.api.TestShow.goLive;
import static nova.api.TestShow.start;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import nova.control.database.TestDatabase;
import nova.control.metric.Audience;
import nova.control.metric.StreamMetric;
import nova.control.token.Scope;
import nova.core.StreamEvent.StreamEnded;
import nova.core.StreamEvent.StreamError;
import nova.core.StreamEvent.StreamStarted;
import nova.core.StreamHealth;
import nova.core.StreamId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What is told of streams, and to whom.
class StreamsApiTest {
  @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

  @Test
  void stream_started_isPendingWithoutTracks() {
    try (ApiServer server = new ApiServer(DATABASE)) {
      start(server);
      server.settle();
      JsonNode stream = server.json("/api/v1/streams/" + STREAM);
      assertThat(stream.path("state").asText()).isEqualTo("PENDING_INGEST");
      assertThat(stream.path("createdAt").asText()).isEqualTo("2026-11-22T16:00:00Z");
      assertThat(stream.has("startedAt")).isFalse();
      assertThat(stream.path("tracks")).isEmpty();
      assertThat(stream.has("bitrateBps")).isFalse();
      assertThat(stream.has("endedAt")).isFalse();
      assertThat(stream.path("advice")).isEmpty();
    }
  }

  @Test
  void stream_active_showsTracksAndMeasurements() {
    try (ApiServer server = new ApiServer(DATABASE)) {
      goLive(server);
      server.settle();
      HttpResponse<String> answer = server.read("/api/v1/streams/" + STREAM);
      assertThat(header(answer, "ETag")).isEqualTo("\"1\"");
      assertThat(answer.body())
          .isEqualTo(
              """
              {"id":"k7m2p9xq4wz8rt3v","channel":"my-show","state":"ACTIVE","title":"",\
              "description":"","tags":[],"version":1,"createdAt":"2026-11-22T16:00:00Z",\
              "startedAt":"2026-11-22T16:00:00Z",\
              "source":{"address":"203.0.113.7:50123","encoder":"OBS"},"tracks":[\
              {"id":"video0","kind":"video","codec":"avc1.64001f","width":1280,"height":720,\
              "frameRate":29.97},\
              {"id":"audio0","kind":"audio","codec":"mp4a.40.2","sampleRate":48000,"channels":2}],\
              "codecs":"avc1.64001f,mp4a.40.2","bitrateBps":3028000,"videoBitrateBps":2900000,\
              "audioBitrateBps":128000,"frameRate":29.97,"keyframeIntervalMs":8333,\
              "epochs":1,"reconnects":0,"receivedBytes":12345678,"receivedFrames":4321,\
              "repairedTimestamps":3,"droppedFrames":1,\
              "advice":["The keyframe interval is 8.3 s, set 2 s."],\
              "ladder":{"source":true,"rungs":[],"reason":"not decided yet"},\
              "playback":{"hls":"/hls/k7m2p9xq4wz8rt3v/index.m3u8","watch":"/watch/my-show",\
              "embed":"/embed/my-show"}}\
              """);
    }
  }

  @Test
  void stream_thatIsOver_isKept_whenMemoryHasForgottenIt() {
    try (ApiServer server = new ApiServer(DATABASE)) {
      goLive(server);
      server.clock.advance(Duration.ofSeconds(60));
      server.events.publish(new StreamEnded(STREAM, server.clock.instant(), "unpublished", HEALTH));
      server.settle();
      JsonNode fresh = server.json("/api/v1/streams/my-show");
      server.clock.advance(Duration.ofMinutes(11));
      JsonNode kept = server.json("/api/v1/streams/my-show");
      for (JsonNode stream : List.of(fresh, kept)) {
        assertThat(stream.path("state").asText()).isEqualTo("ENDED_GRACEFULLY");
        assertThat(stream.path("endedAt").asText()).isEqualTo("2026-11-22T16:01:00Z");
        assertThat(stream.path("endReason").asText()).isEqualTo("unpublished");
        assertThat(stream.path("receivedFrames").asLong()).isEqualTo(4_321);
        assertThat(stream.path("codecs").asText()).isEqualTo("avc1.64001f,mp4a.40.2");
      }
      assertThat(kept.has("bitrateBps")).isFalse();
      assertThat(kept.has("ladder")).isFalse();
    }
  }

  @Test
  void stream_byChannel_isItsLatest() {
    try (ApiServer server = new ApiServer(DATABASE)) {
      goLive(server);
      server.clock.advanceMs(1);
      server.events.publish(
          new StreamEnded(STREAM, server.clock.instant(), "unpublished", StreamHealth.NOTHING));
      StreamId next = new StreamId("nextstreamid0000");
      server.events.publish(
          new StreamStarted(
              next, server.clock.instant(), CHANNEL, ADDRESS, "OBS", Optional.empty()));
      server.settle();
      assertThat(server.json("/api/v1/streams/my-show").path("id").asText())
          .isEqualTo(next.value());
      assertThat(server.json("/api/v1/streams").path("streams").findValuesAsText("channel"))
          .hasSize(2);
      assertThat(server.json("/api/v1/streams").path("streams").path(0).path("id").asText())
          .isEqualTo(next.value());
    }
  }

  @Test
  void list_isFilteredAndPaged() {
    try (ApiServer server = new ApiServer(DATABASE)) {
      goLive(server);
      server.settle();
      assertThat(server.json("/api/v1/streams?live=true").path("streams")).hasSize(1);
      server.clock.advance(Duration.ofMinutes(1));
      server.events.publish(
          new StreamError(STREAM, server.clock.instant(), "grace-expired", Optional.empty()));
      var _ = server.channel("other");
      String prepared =
          ApiServer.json(
                  server.ask("POST", "/api/v1/streams", server.operator, "{\"channel\":\"other\"}"))
              .path("id")
              .asText();
      server.settle();
      assertThat(ids(server, "live=true")).containsExactly(prepared);
      assertThat(ids(server, "live=false")).containsExactly(STREAM.value());
      assertThat(ids(server, "state=ERROR")).containsExactly(STREAM.value());
      assertThat(ids(server, "state=ERROR&live=true")).isEmpty();
      assertThat(ids(server, "channel=other")).containsExactly(prepared);
      String ofOne = server.token(Scope.OPERATOR, CHANNEL);
      for (String token : List.of(server.viewer, server.admin, ofOne)) {
        assertProblem(
            server.ask("GET", "/api/v1/streams?channel=nobody", token, null),
            404,
            "unknown-channel");
        assertProblem(
            server.ask(
                "GET", "/api/v1/streams?channel=nobody&state=ACTIVE&live=false", token, null),
            404,
            "unknown-channel");
      }
      assertThat(ids(server, "since=2026-11-22T16:00:30Z")).containsExactly(prepared);
      assertThat(ids(server, "until=2026-11-22T16:00:30Z")).containsExactly(STREAM.value());
      JsonNode first = server.json("/api/v1/streams?limit=1");
      assertThat(first.path("streams").path(0).path("id").asText()).isEqualTo(prepared);
      assertThat(ids(server, "limit=1&cursor=" + first.path("nextCursor").asText()))
          .containsExactly(STREAM.value());
      for (String wrong :
          List.of(
              "live=maybe",
              "state=active",
              "channel=A",
              "since=now",
              "cursor=%27",
              "cursor=" + STREAM)) {
        HttpResponse<String> answer = server.read("/api/v1/streams?" + wrong);
        assertThat(answer.statusCode()).as(wrong).isEqualTo(400);
        assertThat(ApiServer.json(answer).path("parameter").asText())
            .isEqualTo(wrong.substring(0, wrong.indexOf('=')));
      }
    }
  }

  @Test
  void whoBroadcasts_isToldToOperatorsOnly() {
    try (ApiServer server = new ApiServer(DATABASE)) {
      goLive(server);
      server.settle();
      for (String path : List.of("/api/v1/streams", "/api/v1/streams/my-show")) {
        assertThat(server.ask("GET", path, server.viewer, null).body())
            .contains("my-show")
            .doesNotContain("203.0.113.7")
            .doesNotContain("OBS");
        assertThat(server.ask("GET", path, server.operator, null).body()).contains("203.0.113.7");
      }
      for (String path : List.of("/api/v1/playback", "/api/v1/channels/my-show/playback")) {
        assertThat(server.get(path).body()).contains("my-show").doesNotContain("203.0.113.7");
      }
    }
  }

  @Test
  void tokenOfAChannel_seesOnlyItsStreams() {
    try (ApiServer server = new ApiServer(DATABASE)) {
      goLive(server);
      server.settle();
      String other = server.token(Scope.OPERATOR, server.channel("other").slug());
      assertThat(ApiServer.json(server.ask("GET", "/api/v1/streams", other, null)).path("streams"))
          .isEmpty();
      for (String path : List.of("/api/v1/streams/my-show", "/api/v1/streams/" + STREAM)) {
        assertProblem(server.ask("GET", path, other, null), 404, "unknown-stream");
        assertProblem(server.ask("POST", path + "/stop", other, null), 404, "unknown-stream");
        assertProblem(server.ask("GET", path + "/metrics", other, null), 404, "unknown-stream");
      }
      assertProblem(
          server.ask("GET", "/api/v1/streams?channel=my-show", other, null),
          404,
          "unknown-channel");
      assertProblem(
          server.ask("POST", "/api/v1/streams", other, "{\"channel\":\"my-show\"}"),
          404,
          "unknown-channel");
      assertThat(server.stopped).isEmpty();
    }
  }

  @Test
  void metrics_areOfTheWholeStream_orOfWhatIsAsked() {
    try (ApiServer server = new ApiServer(DATABASE)) {
      goLive(server);
      server.settle();
      server
          .control
          .streamMetrics()
          .add(
              List.of(
                  new StreamMetric(
                      STREAM, server.clock.instant().plusSeconds(5), HEALTH, Optional.empty()),
                  new StreamMetric(
                      STREAM,
                      server.clock.instant().plusSeconds(10),
                      HEALTH,
                      Optional.of(new Audience(7, 1, 21_000_000)))));
      server.clock.advance(Duration.ofMinutes(10));
      JsonNode series = server.json("/api/v1/streams/my-show/metrics");
      assertThat(series.path("stream").asText()).isEqualTo(STREAM.value());
      assertThat(series.path("since").asText()).isEqualTo("2026-11-22T16:00:00Z");
      assertThat(series.path("until").asText()).isEqualTo("2026-11-22T16:10:00Z");
      assertThat(series.path("stepSeconds").asInt()).isEqualTo(2);
      assertThat(series.path("points").findValuesAsText("at"))
          .containsExactly("2026-11-22T16:00:04Z", "2026-11-22T16:00:10Z");
      assertThat(series.path("points").path(0).has("viewers")).isFalse();
      assertThat(series.path("points").path(1).path("viewers").asInt()).isEqualTo(7);
      assertThat(
              server
                  .json(
                      "/api/v1/streams/my-show/metrics?step=60&since=2026-11-22T16:00:00Z"
                          + "&until=2026-11-22T17:00:00%2B00:00")
                  .path("points"))
          .hasSize(1);
      for (String wrong :
          List.of(
              "step=0",
              "step=86401",
              "step=1.5",
              "step=1&until=2026-11-23T16:00:00Z",
              "until=2020-01-01T00:00:00Z")) {
        HttpResponse<String> answer = server.read("/api/v1/streams/my-show/metrics?" + wrong);
        assertProblem(answer, 400, "invalid-parameter");
        assertThat(ApiServer.json(answer).path("parameter").asText())
            .isEqualTo(wrong.substring(0, wrong.indexOf('=')));
      }
    }
  }

  @Test
  void system_tellsHowTheServerIs() {
    try (ApiServer server = new ApiServer(DATABASE)) {
      goLive(server);
      server.settle();
      server.clock.advance(Duration.ofSeconds(90));
      assertThat(server.ask("GET", "/api/v1/system", server.viewer, null).body())
          .isEqualTo(
              """
              {"version":"1.2.3-test","startedAt":"2026-11-22T16:00:00Z","uptimeSeconds":90,\
              "database":"up","counts":{"liveStreams":1,"unwrittenEvents":0},\
              "limits":{"requestsPerMinute":600,"requestBurst":120,"bodyBytes":65536}}\
              """);
      String ofOne = server.token(Scope.VIEWER, CHANNEL);
      assertProblem(server.ask("GET", "/api/v1/system", ofOne, null), 403, "token-of-one-channel");
    }
  }

  @Test
  void error_isAProblemInOneSentence() {
    try (ApiServer server = new ApiServer(DATABASE)) {
      HttpResponse<String> unknown = server.read("/api/v1/streams/nobody");
      assertThat(unknown.statusCode()).isEqualTo(404);
      assertThat(header(unknown, "Content-Type")).isEqualTo("application/problem+json");
      assertThat(header(unknown, "Access-Control-Allow-Origin")).isEqualTo("*");
      assertThat(unknown.body())
          .isEqualTo(
              """
              {"type":"about:blank","title":"Not Found","status":404,\
              "detail":"There is no stream 'nobody'.","reason":"unknown-stream"}\
              """);

      HttpResponse<String> written = server.send("PUT", "/api/v1/streams");
      assertThat(written.statusCode()).isEqualTo(405);
      assertThat(header(written, "Allow")).isEqualTo("GET, HEAD, POST, OPTIONS");

      assertThat(server.read("/api/v1/streams/%3Cscript%3E").body()).doesNotContain("script");
      assertProblem(server.get("/api/v1/channels/UPPER/playback"), 404, "unknown-channel");
      assertThat(server.get("/api/v2/anything", "Accept", "text/html").body())
          .contains("unknown-path");
    }
  }

  private static List<String> ids(ApiServer server, String query) {
    return server.json("/api/v1/streams?" + query).path("streams").findParents("state").stream()
        .map(stream -> stream.path("id").asText())
        .toList();
  }
}
