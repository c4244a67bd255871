package nova.api;

import static nova.api.ApiServer.header;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import nova.api.http.ApiLimits;
import nova.control.channel.Channel;
import nova.control.channel.ChannelChange;
import nova.control.channel.PlaybackPolicy;
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
import org.junit.jupiter.api.Test;

class StreamsApiTest {
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
    try (ApiServer server = new ApiServer()) {
      start(server);
      JsonNode stream = server.json("/api/v1/streams/" + STREAM);
      assertThat(stream.path("state").asText()).isEqualTo("PENDING_INGEST");
      assertThat(stream.path("startedAt").asText()).isEqualTo("2026-11-22T16:00:00Z");
      assertThat(stream.path("tracks")).isEmpty();
      assertThat(stream.has("bitrateBps")).isFalse();
      assertThat(stream.has("endedAt")).isFalse();
      assertThat(stream.path("advice")).isEmpty();
    }
  }

  @Test
  void stream_active_showsTracksAndMeasurements() {
    try (ApiServer server = new ApiServer()) {
      goLive(server);
      assertThat(server.read("/api/v1/streams/" + STREAM).body())
          .isEqualTo(
              """
              {"id":"k7m2p9xq4wz8rt3v","channel":"my-show","state":"ACTIVE",\
              "startedAt":"2026-11-22T16:00:00Z","tracks":[\
              {"id":"video0","kind":"video","codec":"avc1.64001f","width":1280,"height":720,\
              "frameRate":29.97},\
              {"id":"audio0","kind":"audio","codec":"mp4a.40.2","sampleRate":48000,"channels":2}],\
              "codecs":"avc1.64001f,mp4a.40.2","bitrateBps":3028000,"videoBitrateBps":2900000,\
              "audioBitrateBps":128000,"frameRate":29.97,"keyframeIntervalMs":8333,\
              "receivedBytes":12345678,"receivedFrames":4321,"repairedTimestamps":3,\
              "droppedFrames":1,"advice":["The keyframe interval is 8.3 s, set 2 s."],\
              "ladder":{"source":true,"rungs":[],"reason":"not decided yet"},\
              "playback":{"hls":"/hls/k7m2p9xq4wz8rt3v/index.m3u8","watch":"/watch/my-show",\
              "embed":"/embed/my-show"}}\
              """);
    }
  }

  @Test
  void stream_byChannel_isItsLatest() {
    try (ApiServer server = new ApiServer()) {
      goLive(server);
      server.events.publish(
          new StreamEnded(STREAM, server.clock.instant(), "unpublished", StreamHealth.NOTHING));
      StreamId next = new StreamId("nextstreamid0000");
      server.events.publish(
          new StreamStarted(
              next, server.clock.instant(), CHANNEL, ADDRESS, "OBS", Optional.empty()));
      assertThat(server.json("/api/v1/streams/my-show").path("id").asText())
          .isEqualTo(next.value());
      assertThat(server.json("/api/v1/streams").path("streams").findValuesAsText("channel"))
          .hasSize(2);
      assertThat(server.json("/api/v1/streams").path("streams").path(0).path("id").asText())
          .isEqualTo(next.value());
    }
  }

  @Test
  void list_live_leavesOutWhatIsOver() {
    try (ApiServer server = new ApiServer()) {
      goLive(server);
      assertThat(server.json("/api/v1/streams?live=true").path("streams")).hasSize(1);
      server.events.publish(
          new StreamError(STREAM, server.clock.instant(), "grace-expired", Optional.empty()));
      assertThat(server.json("/api/v1/streams?live=true").path("streams")).isEmpty();
      JsonNode stream = server.json("/api/v1/streams").path("streams").path(0);
      assertThat(stream.path("state").asText()).isEqualTo("ERROR");
      assertThat(stream.path("endReason").asText()).isEqualTo("grace-expired");
      assertThat(stream.has("endedAt")).isTrue();
      assertThat(server.read("/api/v1/streams?live=maybe").statusCode()).isEqualTo(400);
    }
  }

  @Test
  void anyAnswer_never_tellsWhoBroadcasts() {
    try (ApiServer server = new ApiServer()) {
      goLive(server);
      for (String path : List.of("/api/v1/streams", "/api/v1/streams/my-show")) {
        assertThat(server.read(path).body()).doesNotContain("203.0.113.7").doesNotContain("OBS");
      }
    }
  }

  @Test
  void playback_throughALife_tellsEachState() {
    try (ApiServer server = new ApiServer()) {
      assertThat(playback(server)).isEqualTo("offline");
      start(server);
      assertThat(playback(server)).isEqualTo("starting");
      beginEpoch(server, 0);
      assertThat(playback(server)).isEqualTo("live");
      server.events.publish(
          new StreamRecovering(
              STREAM, server.clock.instant(), "lost", server.clock.instant().plusSeconds(30)));
      assertThat(playback(server)).isEqualTo("reconnecting");
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
      assertThat(server.read("/api/v1/streams/my-show").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void playback_tellsTheTitleAndThePicture() {
    try (ApiServer server = new ApiServer()) {
      server.channels.put(
          CHANNEL, Channel.create(CHANNEL, "My <b>Show</b>", server.clock.instant()));
      goLive(server);
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
    try (ApiServer server = new ApiServer()) {
      goLive(server);
      assertThat(listed(server)).containsExactly("my-show");
      Channel channel = Objects.requireNonNull(server.channels.get(CHANNEL));
      server.channels.put(CHANNEL, channel.with(listed(false)));
      assertThat(listed(server)).isEmpty();
      server.channels.put(CHANNEL, channel.with(playback(PlaybackPolicy.TOKEN)));
      assertThat(listed(server)).isEmpty();
      server.channels.remove(CHANNEL);
      assertThat(listed(server)).as("deleted").isEmpty();
      assertThat(playback(server)).as("deleted").isEqualTo("offline");
      server.channels.put(CHANNEL, channel);
      server.events.publish(new StreamEnded(STREAM, server.clock.instant(), "unpublished"));
      assertThat(listed(server)).isEmpty();
    }
  }

  @Test
  void playback_ofAChannelForTokens_needsOneThatSeesIt() {
    try (ApiServer server = new ApiServer()) {
      goLive(server);
      Channel channel = Objects.requireNonNull(server.channels.get(CHANNEL));
      server.channels.put(CHANNEL, channel.with(playback(PlaybackPolicy.TOKEN)));
      String path = "/api/v1/channels/my-show/playback";
      HttpResponse<String> anonymous = server.get(path);
      assertThat(anonymous.statusCode()).isEqualTo(401);
      assertThat(header(anonymous, "Cache-Control")).isEqualTo("no-store");
      HttpResponse<String> viewer = server.read(path);
      assertThat(viewer.body()).contains("\"state\":\"live\"");
      assertThat(header(viewer, "Cache-Control")).isEqualTo("no-store");
      String other = server.tokens.add("nova_other", Scope.ADMIN, new ChannelSlug("other"));
      assertThat(server.get(path, "Authorization", other).body())
          .contains("\"state\":\"offline\"")
          .doesNotContain("hls");
    }
  }

  @Test
  void links_withPublicUrlBelowAPath_keepThePath() {
    ApiConfig config =
        new ApiConfig("https://example.com/tv/", Duration.ofMinutes(10), 16, ApiLimits.defaults());
    try (ApiServer server = new ApiServer(config)) {
      goLive(server);
      assertThat(server.json("/api/v1/channels/my-show/playback").path("hls").asText())
          .isEqualTo("/tv/hls/k7m2p9xq4wz8rt3v/index.m3u8");
      JsonNode links = server.json("/api/v1/streams/my-show").path("playback");
      assertThat(links.path("hls").asText())
          .isEqualTo("https://example.com/tv/hls/k7m2p9xq4wz8rt3v/index.m3u8");
      assertThat(links.path("watch").asText()).isEqualTo("https://example.com/tv/watch/my-show");
      assertThat(server.get("/watch/my-show").body()).contains("src=\"/tv/assets/");
    }
  }

  @Test
  void poster_isLinkedOnceThereIsOne_andNeverUnderTheSameAddressAsTheOneBefore() {
    ApiConfig config =
        new ApiConfig("https://example.com/tv", Duration.ofMinutes(10), 16, ApiLimits.defaults());
    try (ApiServer server = new ApiServer(config)) {
      goLive(server);
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

  private static String poster(ApiServer server) {
    return server.json("/api/v1/streams/my-show").path("playback").path("poster").asText();
  }

  @Test
  void answer_isOpenToOtherOriginsAndBrieflyCached() {
    try (ApiServer server = new ApiServer()) {
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
      assertThat(header(preflight, "Access-Control-Allow-Methods")).isEqualTo("GET, HEAD, OPTIONS");
    }
  }

  @Test
  void error_isAProblemInOneSentence() {
    try (ApiServer server = new ApiServer()) {
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

      HttpResponse<String> written = server.send("POST", "/api/v1/streams");
      assertThat(written.statusCode()).isEqualTo(405);
      assertThat(header(written, "Allow")).isEqualTo("GET, HEAD, OPTIONS");

      assertThat(server.read("/api/v1/streams/%3Cscript%3E").body()).doesNotContain("script");
      assertThat(server.get("/api/v1/channels/UPPER/playback").statusCode()).isEqualTo(404);
      assertThat(server.get("/api/v2/anything", "Accept", "text/html").body())
          .contains("unknown-path");
    }
  }

  private static List<String> listed(ApiServer server) {
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
    server.channels.putIfAbsent(CHANNEL, Channel.create(CHANNEL, "", server.clock.instant()));
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
