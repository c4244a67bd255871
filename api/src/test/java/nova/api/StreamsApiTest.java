package nova.api;

import static nova.api.ApiServer.header;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import nova.api.http.ApiLimits;
import nova.control.audit.Actor;
import nova.control.channel.ChannelChange;
import nova.control.channel.PlaybackPolicy;
import nova.control.database.TestDatabase;
import nova.control.metric.Audience;
import nova.control.metric.StreamMetric;
import nova.control.token.Scope;
import nova.core.ChannelSlug;
import nova.core.Epoch;
import nova.core.StreamEvent.EpochBegan;
import nova.core.StreamEvent.StreamEnded;
import nova.core.StreamEvent.StreamError;
import nova.core.StreamEvent.StreamMeasured;
import nova.core.StreamEvent.StreamRecovering;
import nova.core.StreamEvent.StreamResumed;
import nova.core.StreamEvent.StreamStarted;
import nova.core.StreamHealth;
import nova.core.StreamId;
import nova.core.TrackDescription;
import nova.core.TrackId;
import nova.core.ViewerCount;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class StreamsApiTest {
  @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

  private static final StreamId STREAM = new StreamId("k7m2p9xq4wz8rt3v");
  private static final ChannelSlug CHANNEL = new ChannelSlug("my-show");
  private static final String ADDRESS = "203.0.113.7:50123";
  private static final StreamHealth HEALTH =
      new StreamHealth(
          2_900_000,
          128_000,
          29.97,
          8_333,
          12_345_678,
          4_321,
          3,
          1,
          List.of("The keyframe interval is 8.3 s, set 2 s."));

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
  void preparedStream_becomesTheNextBroadcast_andItsTitleCanBeChanged() {
    try (ApiServer server = new ApiServer(DATABASE)) {
      var _ = server.channel("my-show");
      HttpResponse<String> made =
          server.ask(
              "POST",
              "/api/v1/streams",
              server.operator,
              "{\"channel\":\"my-show\",\"title\":\"Guests\",\"tags\":[\"talk\"]}");
      assertThat(made.statusCode()).isEqualTo(201);
      JsonNode stream = ApiServer.json(made);
      String path = "/api/v1/streams/" + stream.path("id").asText();
      assertThat(header(made, "Location")).isEqualTo(path);
      assertThat(stream.path("state").asText()).isEqualTo("PENDING_INGEST");
      assertThat(stream.path("tags").path(0).asText()).isEqualTo("talk");
      HttpResponse<String> second =
          server.ask("POST", "/api/v1/streams", server.operator, "{\"channel\":\"my-show\"}");
      assertProblem(second, 409, "stream-already-prepared");

      HttpResponse<String> changed =
          server.ask("PATCH", path, server.operator, "{\"title\":\"More\"}", "If-Match", "\"1\"");
      assertThat(changed.statusCode()).isEqualTo(200);
      assertThat(header(changed, "ETag")).isEqualTo("\"2\"");
      assertThat(ApiServer.json(changed).path("tags")).hasSize(1);
      assertProblem(
          server.ask("PATCH", path, server.operator, "{\"tags\":[]}", "If-Match", "\"1\""),
          412,
          "changed-meanwhile");
      assertThat(server.json(path).path("tags")).hasSize(1);

      HttpResponse<String> stopped = server.ask("POST", path + "/stop", server.operator, null);
      assertThat(ApiServer.json(stopped).path("state").asText()).isEqualTo("ENDED_GRACEFULLY");
      assertProblem(
          server.ask("POST", path + "/stop", server.operator, null), 409, "stream-is-over");
    }
  }

  @Test
  void stop_endsTheBroadcast_withItsReason() {
    try (ApiServer server = new ApiServer(DATABASE)) {
      goLive(server);
      server.settle();
      HttpResponse<String> stopped =
          server.ask(
              "POST",
              "/api/v1/streams/my-show/stop",
              server.operator,
              "{\"reason\":\"The hall closes.\"}");
      assertThat(stopped.statusCode()).isEqualTo(200);
      assertThat(server.stopped).containsEntry(STREAM, "The hall closes.");
      assertThat(ApiServer.json(stopped).path("state").asText()).isEqualTo("ENDED_GRACEFULLY");
    }
  }

  @Test
  void newStream_thatCannotBe_isRefused_andNoneIsPrepared() {
    try (ApiServer server = new ApiServer(DATABASE)) {
      var _ = server.channel("my-show");
      for (List<String> wrong :
          List.of(
              List.of("{}", "400", "/channel"),
              List.of("{\"channel\":\"%2e%2e\"}", "400", "/channel"),
              List.of("{\"channel\":\"nobody\"}", "404", ""),
              List.of("{\"channel\":\"my-show\",\"tags\":\"talk\"}", "400", "/tags"),
              List.of("{\"channel\":\"my-show\",\"tags\":[\"a\",1]}", "400", "/tags/1"),
              List.of("{\"channel\":\"my-show\",\"tags\":[\"a\",\"a\"]}", "400", "/tags"),
              List.of("{\"channel\":\"my-show\",\"tags\":[\"\"]}", "400", "/tags"),
              List.of("{\"channel\":\"my-show\",\"state\":\"ACTIVE\"}", "400", "/state"))) {
        String body = wrong.get(0);
        int status = Integer.parseInt(wrong.get(1));
        String field = wrong.get(2);
        HttpResponse<String> answer = server.ask("POST", "/api/v1/streams", server.operator, body);
        assertThat(answer.statusCode()).as(body).isEqualTo(status);
        if (!field.isEmpty()) {
          assertThat(ApiServer.json(answer).path("field").asText()).isEqualTo(field);
        }
        assertThat(server.json("/api/v1/streams").path("streams")).isEmpty();
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
  void playback_throughALife_tellsEachState() {
    try (ApiServer server = new ApiServer(DATABASE)) {
      assertThat(playback(server)).isEqualTo("offline");
      start(server);
      assertThat(playback(server)).isEqualTo("starting");
      beginEpoch(server, 0);
      assertThat(playback(server)).isEqualTo("live");
      server.events.publish(
          new StreamRecovering(
              STREAM, server.clock.instant(), "lost", server.clock.instant().plusSeconds(30)));
      assertThat(playback(server)).isEqualTo("reconnecting");
      server.settle();
      assertThat(server.json("/api/v1/streams/my-show").path("reconnectUntil").asText())
          .isEqualTo("2026-11-22T16:00:30Z");
      server.events.publish(
          new StreamResumed(STREAM, server.clock.instant(), ADDRESS, "OBS", Optional.empty()));
      beginEpoch(server, 1);
      assertThat(playback(server)).isEqualTo("live");
      server.events.publish(
          new StreamEnded(STREAM, server.clock.instant(), "unpublished", StreamHealth.NOTHING));
      assertThat(playback(server)).isEqualTo("ended");
      server.clock.advance(Duration.ofMinutes(10).plusMillis(1));
      assertThat(playback(server)).isEqualTo("offline");
    }
  }

  @Test
  void playback_tellsTheTitleAndThePicture() {
    try (ApiServer server = new ApiServer(DATABASE)) {
      goLive(server);
      server.change(
          CHANNEL,
          new ChannelChange(
              Optional.of("My <b>Show</b>"), Optional.empty(), Optional.empty(), Optional.empty()));
      assertThat(server.get("/api/v1/channels/my-show/playback").body())
          .isEqualTo(
              """
              {"channel":"my-show","title":"My <b>Show</b>","state":"live",\
              "stream":"k7m2p9xq4wz8rt3v","hls":"/hls/k7m2p9xq4wz8rt3v/index.m3u8",\
              "startedAt":"2026-11-22T16:00:00Z","width":1280,"height":720,"frameRate":29.97}\
              """);
      assertThat(server.get("/api/v1/playback").body())
          .isEqualTo(
              "{\"channels\":[%s]}"
                  .formatted(server.get("/api/v1/channels/my-show/playback").body()));
    }
  }

  @Test
  void listOfPlayback_isOfWhatIsListedPublicAndLive() {
    try (ApiServer server = new ApiServer(DATABASE)) {
      goLive(server);
      assertThat(listed(server)).containsExactly("my-show");
      server.change(CHANNEL, listed(false));
      assertThat(listed(server)).isEmpty();
      server.change(CHANNEL, listed(true));
      server.change(CHANNEL, playback(PlaybackPolicy.TOKEN));
      assertThat(listed(server)).isEmpty();
      server.change(CHANNEL, playback(PlaybackPolicy.PUBLIC));
      assertThat(listed(server)).containsExactly("my-show");
      server.events.publish(
          new StreamEnded(STREAM, server.clock.instant(), "unpublished", StreamHealth.NOTHING));
      assertThat(listed(server)).isEmpty();
    }
  }

  @Test
  void listOfWhatIsLive_isMadeOnceASecond() {
    try (ApiServer server = new ApiServer(DATABASE)) {
      String before = server.get("/api/v1/playback").body();
      goLive(server);
      assertThat(server.get("/api/v1/playback").body()).isEqualTo(before);
      server.clock.advance(Duration.ofSeconds(1));
      HttpResponse<String> after = server.get("/api/v1/playback");
      assertThat(after.body()).contains("my-show");
      assertThat(header(after, "Cache-Control")).isEqualTo("public, max-age=1");
    }
  }

  @Test
  void playback_ofAChannelForTokens_needsOneThatSeesIt() {
    try (ApiServer server = new ApiServer(DATABASE)) {
      goLive(server);
      server.change(CHANNEL, playback(PlaybackPolicy.TOKEN));
      String path = "/api/v1/channels/my-show/playback";
      HttpResponse<String> anonymous = server.get(path);
      assertThat(anonymous.statusCode()).isEqualTo(401);
      assertThat(header(anonymous, "Cache-Control")).isEqualTo("no-store");
      HttpResponse<String> viewer = server.read(path);
      assertThat(viewer.body()).contains("\"state\":\"live\"");
      assertThat(header(viewer, "Cache-Control")).isEqualTo("no-store");
      String other = server.token(Scope.OPERATOR, server.channel("other").slug());
      HttpResponse<String> wrong = server.get(path, "Authorization", "Bearer " + other);
      assertProblem(wrong, 403, "token-of-one-channel");
      assertThat(wrong.body()).doesNotContain("hls");
      HttpResponse<String> none = server.get(path, "Authorization", "Bearer nova_none");
      assertProblem(none, 401, "invalid-token");
      assertThat(header(none, "WWW-Authenticate")).endsWith("error=\"invalid_token\"");
    }
  }

  @Test
  void playback_goesOn_whileTheDatabaseIsAway() {
    try (ApiServer server = new ApiServer(DATABASE)) {
      goLive(server);
      server.settle();
      String path = "/api/v1/channels/my-show/playback";
      String before = server.get(path).body();
      assertThat(server.read("/api/v1/streams").statusCode()).isEqualTo(200);
      server.control.close();
      assertThat(server.get(path).body()).isEqualTo(before).contains("live");
      assertThat(listed(server)).containsExactly("my-show");
      for (String asked : List.of("/api/v1/streams", "/api/v1/channels", "/api/v1/audit")) {
        HttpResponse<String> away = server.read(asked);
        assertProblem(away, 503, "database-away");
        assertThat(header(away, "Retry-After")).isEqualTo("5");
      }
    }
  }

  @Test
  void links_withPublicUrlBelowAPath_keepThePath() {
    ApiConfig config =
        new ApiConfig(
            "https://example.com/tv/", "", Duration.ofMinutes(10), 16, ApiLimits.defaults());
    try (ApiServer server = new ApiServer(DATABASE, config)) {
      goLive(server);
      assertThat(server.json("/api/v1/channels/my-show/playback").path("hls").asText())
          .isEqualTo("/tv/hls/k7m2p9xq4wz8rt3v/index.m3u8");
      server.settle();
      JsonNode links = server.json("/api/v1/streams/my-show").path("playback");
      assertThat(links.path("hls").asText())
          .isEqualTo("https://example.com/tv/hls/k7m2p9xq4wz8rt3v/index.m3u8");
      assertThat(links.path("watch").asText()).isEqualTo("https://example.com/tv/watch/my-show");
      assertThat(server.get("/watch/my-show").body()).contains("src=\"/tv/assets/");
      assertThat(
              header(
                  server.ask("POST", "/api/v1/channels", server.operator, "{\"slug\":\"more\"}"),
                  "Location"))
          .isEqualTo("/tv/api/v1/channels/more");
    }
  }

  @Test
  void links_withPlaybackElsewhere_leadThere_andPagesStayHere() {
    ApiConfig config =
        new ApiConfig(
            "https://example.com/tv",
            "https://media.example.com",
            Duration.ofMinutes(10),
            16,
            ApiLimits.defaults());
    try (ApiServer server = new ApiServer(DATABASE, config)) {
      goLive(server);
      server.posters.put(STREAM, Instant.ofEpochMilli(1_000));
      server.settle();
      String hls = "https://media.example.com/hls/k7m2p9xq4wz8rt3v/index.m3u8";
      String poster = "https://media.example.com/media/k7m2p9xq4wz8rt3v/poster.jpg?t=1000";
      JsonNode ofPage = server.json("/api/v1/channels/my-show/playback");
      assertThat(ofPage.path("hls").asText()).isEqualTo(hls);
      assertThat(ofPage.path("poster").asText()).isEqualTo(poster);
      JsonNode links = server.json("/api/v1/streams/my-show").path("playback");
      assertThat(links.path("hls").asText()).isEqualTo(hls);
      assertThat(links.path("poster").asText()).isEqualTo(poster);
      assertThat(links.path("watch").asText()).isEqualTo("https://example.com/tv/watch/my-show");
      assertThat(links.path("embed").asText()).isEqualTo("https://example.com/tv/embed/my-show");
    }
  }

  @Test
  void poster_isLinkedOnceThereIsOne_andNeverUnderTheSameAddressAsTheOneBefore() {
    ApiConfig config =
        new ApiConfig(
            "https://example.com/tv", "", Duration.ofMinutes(10), 16, ApiLimits.defaults());
    try (ApiServer server = new ApiServer(DATABASE, config)) {
      goLive(server);
      server.settle();
      assertThat(server.json("/api/v1/channels/my-show/playback").has("poster")).isFalse();
      assertThat(server.json("/api/v1/streams/my-show").path("playback").has("poster")).isFalse();

      server.posters.put(STREAM, Instant.ofEpochMilli(1_000));
      assertThat(server.json("/api/v1/channels/my-show/playback").path("poster").asText())
          .isEqualTo("/tv/media/k7m2p9xq4wz8rt3v/poster.jpg?t=1000");
      assertThat(poster(server))
          .isEqualTo("https://example.com/tv/media/k7m2p9xq4wz8rt3v/poster.jpg?t=1000");

      server.posters.put(STREAM, Instant.ofEpochMilli(6_000));
      assertThat(poster(server)).endsWith("?t=6000");
    }
  }

  @Test
  void viewers_areTold_whileTheStreamIsLive_andTheirNumberIsKnown() {
    try (ApiServer server = new ApiServer(DATABASE)) {
      goLive(server);
      server.settle();
      assertThat(server.json("/api/v1/channels/my-show/playback").has("viewers")).isFalse();
      assertThat(server.json("/api/v1/streams/my-show").has("viewers")).isFalse();

      server.viewers.put(STREAM, new ViewerCount(3, 2));
      assertThat(server.json("/api/v1/channels/my-show/playback").path("viewers").asInt())
          .isEqualTo(5);
      String told = "{\"identified\":3,\"estimated\":2}";
      assertThat(server.json("/api/v1/streams/my-show").path("viewers")).hasToString(told);
      assertThat(server.json("/api/v1/streams").path("streams").path(0).path("viewers"))
          .hasToString(told);

      server.events.publish(
          new StreamEnded(STREAM, server.clock.instant(), "unpublished", StreamHealth.NOTHING));
      server.settle();
      assertThat(server.json("/api/v1/channels/my-show/playback").has("viewers")).isFalse();
      assertThat(server.json("/api/v1/streams/my-show").has("viewers")).isFalse();
    }
  }

  private static String poster(ApiServer server) {
    return server.json("/api/v1/streams/my-show").path("playback").path("poster").asText();
  }

  @Test
  void answer_isOpenToOtherOriginsAndBrieflyCached() {
    try (ApiServer server = new ApiServer(DATABASE)) {
      HttpResponse<String> answer = server.get("/api/v1/channels/my-show/playback");
      assertThat(header(answer, "Access-Control-Allow-Origin")).isEqualTo("*");
      assertThat(header(answer, "Cache-Control")).isEqualTo("public, max-age=1");
      assertThat(header(answer, "Content-Type")).isEqualTo("application/json");

      HttpResponse<String> head = server.send("HEAD", "/api/v1/channels/my-show/playback");
      assertThat(head.statusCode()).isEqualTo(200);
      assertThat(head.body()).isEmpty();
      assertThat(header(head, "Content-Length"))
          .isEqualTo(Integer.toString(answer.body().length()));

      HttpResponse<String> preflight = server.send("OPTIONS", "/api/v1/streams");
      assertThat(preflight.statusCode()).isEqualTo(204);
      assertThat(header(preflight, "Access-Control-Allow-Methods"))
          .isEqualTo("GET, HEAD, POST, OPTIONS");
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

  private static void assertProblem(HttpResponse<String> answer, int status, String reason) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(ApiServer.json(answer).path("reason").asText()).isEqualTo(reason);
  }

  private static List<String> listed(ApiServer server) {
    server.clock.advance(Duration.ofSeconds(1)); // for so long an answer is good
    return server.json("/api/v1/playback").path("channels").findValuesAsText("channel");
  }

  private static ChannelChange listed(boolean listed) {
    return new ChannelChange(
        Optional.empty(), Optional.empty(), Optional.of(listed), Optional.empty());
  }

  private static ChannelChange playback(PlaybackPolicy policy) {
    return new ChannelChange(
        Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(policy));
  }

  private static String playback(ApiServer server) {
    return server.json("/api/v1/channels/my-show/playback").path("state").asText();
  }

  private static void start(ApiServer server) {
    var _ = server.control.channels().ensure(CHANNEL, Actor.SYSTEM);
    server.events.publish(
        new StreamStarted(
            STREAM, server.clock.instant(), CHANNEL, ADDRESS, "OBS", Optional.empty()));
  }

  private static void beginEpoch(ApiServer server, int number) {
    server.events.publish(
        new EpochBegan(
            STREAM,
            server.clock.instant(),
            new Epoch(number),
            List.of(
                new TrackDescription.Video(TrackId.VIDEO, "avc1.64001f", 1280, 720, 30 / 1.001),
                new TrackDescription.Audio(TrackId.AUDIO, "mp4a.40.2", 48_000, 2))));
  }

  private static void goLive(ApiServer server) {
    start(server);
    beginEpoch(server, 0);
    server.events.publish(new StreamMeasured(STREAM, server.clock.instant(), HEALTH));
  }
}
