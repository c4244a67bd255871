package nova.app.e2e;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Page;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import nova.app.process.RunningNova;
import nova.testkit.Ffprobe;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A channel for token holders beside channels for everybody.
@Tag("cluster")
class PlaybackTokenIT {
  private static final String WRONG = "/p/nova_" + "a2".repeat(16);

  @TempDir private Path folder;
  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void channelForTokenHolders_playsWithATokenInItsAddress_andIsShownToNobodyElse()
      throws Exception {
    Path clip = Ffmpeg.clip(folder, "clip.flv", "320x180", 30, 10);
    try (RunningNova nova = RunningNova.start(folder);
        Chromium chromium = new Chromium()) {
      OperatorApi api = new OperatorApi(nova, nova.ownersToken());
      Map<String, String> keys = new HashMap<>();
      keys.put("members", channel(api, Map.of("slug", "members", "playback", "token")));
      keys.put("public", channel(api, Map.of("slug", "public")));
      keys.put("unlisted", channel(api, Map.of("slug", "unlisted", "listed", false)));
      try (Ffmpeg _ = publish(nova, clip, keys.get("members"));
          Ffmpeg _ = publish(nova, clip, keys.get("public"));
          Ffmpeg _ = publish(nova, clip, keys.get("unlisted"))) {
        String members = api.awaitActive("members").path("id").asText();
        JsonNode _ = api.awaitActive("public");
        JsonNode _ = api.awaitActive("unlisted");

        JsonNode issued =
            api.post("/tokens", Map.of("scope", "viewer", "channel", "members")).ok(201);
        String gate = "/p/" + issued.path("secret").asText();
        String playlist = "/hls/" + members + "/source/index.m3u8";
        String media = mediaOf(nova, gate + playlist).substring(gate.length());
        assertThat(media).startsWith("/media/" + members + "/");
        for (String path : List.of("/hls/members/index.m3u8", playlist, media)) {
          assertThat(get(nova, path).statusCode()).as(path).isEqualTo(401);
          assertThat(get(nova, WRONG + path).statusCode()).as("wrong token").isEqualTo(403);
          assertThat(get(nova, gate + path).statusCode()).as("token").isEqualTo(200);
        }
        assertPlayable(nova, gate + "/hls/members/index.m3u8");

        assertThat(get(nova, "/hls/public/index.m3u8").statusCode()).isEqualTo(200);
        assertThat(get(nova, "/hls/unlisted/index.m3u8").statusCode()).isEqualTo(200);
        OperatorApi anonymous = new OperatorApi(nova, "");
        var _ = anonymous.get("/channels/members/playback").refused(401, "token-required");
        OperatorApi holder = new OperatorApi(nova, issued.path("secret").asText());
        assertThat(holder.get("/channels/members/playback").ok(200).path("stream").asText())
            .isEqualTo(members);
        assertThat(anonymous.get("/channels/public/playback").ok(200).path("state").asText())
            .isEqualTo("live");
        assertThat(anonymous.get("/playback").ok(200).path("channels").findValuesAsText("channel"))
            .containsExactly("public");
        Page home = chromium.open(nova.web("/").toString(), 1280, 800);
        assertThat(home.waitForSelector("#cards .card-title").textContent()).isEqualTo("public");
        assertThat(home.querySelectorAll("#cards .card")).hasSize(1);

        JsonNode _ =
            api.post("/tokens/" + issued.path("id").asText() + "/revoke", Map.of()).ok(200);
        assertRefusedSoon(nova, gate + playlist);
      }
    }
  }

  private void assertRefusedSoon(RunningNova nova, String path) throws Exception {
    long deadlineNs = System.nanoTime() + nova.changesWithin().toNanos();
    int status = get(nova, path).statusCode();
    while (status != 403 && System.nanoTime() < deadlineNs) {
      TimeUnit.MILLISECONDS.sleep(200);
      status = get(nova, path).statusCode();
    }
    assertThat(status).as("revoked").isEqualTo(403);
  }

  private static String channel(OperatorApi api, Map<String, ?> channel) throws Exception {
    JsonNode _ = api.post("/channels", channel).ok(201);
    return api.post("/channels/" + channel.get("slug") + "/stream-keys", Map.of())
        .ok(201)
        .path("secret")
        .asText();
  }

  private static Ffmpeg publish(RunningNova nova, Path clip, String key) throws Exception {
    return Ffmpeg.publish(clip, nova.rtmp("/live/" + key));
  }

  /// The path of the first part or segment of a playlist, as a player resolves it.
  private static String mediaOf(RunningNova nova, String playlist) throws Exception {
    String text = nova.await(playlist, body -> body.contains("#EXTINF"));
    LivePlaylist.Segment first = LivePlaylist.read(text, List.of()).segments().getFirst();
    return nova.web(playlist).resolve(first.uri()).getPath();
  }

  private static void assertPlayable(RunningNova nova, String path) throws Exception {
    byte[] frames =
        Ffprobe.ffmpeg(
            Duration.ofSeconds(60),
            "-i",
            nova.web(path).toString(),
            "-map",
            "0:v:0",
            "-frames:v",
            "10",
            "-f",
            "framemd5",
            "-");
    assertThat(new String(frames, US_ASCII).lines())
        .filteredOn(line -> !line.startsWith("#"))
        .hasSize(10);
  }

  private HttpResponse<Void> get(RunningNova nova, String path) throws Exception {
    URI uri = nova.web(path);
    return http.send(
        HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(30)).build(),
        BodyHandlers.discarding());
  }
}
