package nova.api;

import static nova.api.ApiServer.assertProblem;
import static nova.api.ApiServer.header;
import static nova.api.TestShow.ADDRESS;
import static nova.api.TestShow.CHANNEL;
import static nova.api.TestShow.STREAM;
import static nova.api.TestShow.beginEpoch;
import static nova.api.TestShow.goLive;
import static nova.api.TestShow.start;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import nova.api.http.ApiLimits;
import nova.control.channel.ChannelChange;
import nova.control.channel.PlaybackPolicy;
import nova.control.database.TestDatabase;
import nova.control.token.Scope;
import nova.core.StreamEvent.StreamEnded;
import nova.core.StreamEvent.StreamRecovering;
import nova.core.StreamEvent.StreamResumed;
import nova.core.StreamHealth;
import nova.core.ViewerCount;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What pages and players are told of a channel, and where they find its media.
class PlaybackApiTest {
  @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

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

  private static String poster(ApiServer server) {
    return server.json("/api/v1/streams/my-show").path("playback").path("poster").asText();
  }
}
