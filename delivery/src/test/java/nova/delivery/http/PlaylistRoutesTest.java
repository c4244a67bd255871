package nova.delivery.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import nova.delivery.Broadcast;
import nova.segments.TimelineSnapshot.TimelineState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PlaylistRoutesTest {
  private static final String ID = DeliveryFixture.STREAM;
  private static final String MEDIA = "/hls/" + ID + "/source/index.m3u8";

  private final DeliveryFixture fixture = new DeliveryFixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void multivariant_bySlugAndById_namesMediaPlaylistsByStreamId() throws Exception {
    fixture.broadcast().withVideo().withAudio().segments(2).put();

    HttpResponse<String> byId = fixture.get("/hls/" + ID + "/index.m3u8");
    HttpResponse<String> bySlug = fixture.get("/hls/my-show/index.m3u8");

    assertThat(byId.statusCode()).isEqualTo(200);
    assertThat(byId.body()).isEqualTo(bySlug.body()).contains("../" + ID + "/source/index.m3u8");
    assertThat(byId.headers().firstValue("content-type")).contains("application/vnd.apple.mpegurl");
    assertThat(fixture.metrics.count("rendered MULTIVARIANT_PLAYLIST")).isEqualTo(1);
  }

  @Test
  void mediaPlaylist_bySlug_isThatOfTheNewestStream() throws Exception {
    fixture.broadcast().withVideo().segments(2).put();
    fixture.clock.advanceMs(1_000);
    String newer = "zzzz2345efgh6789";
    fixture.broadcast(newer).withVideo().segments(1).put();

    assertThat(fixture.get("/hls/my-show/source/index.m3u8").body())
        .contains("../../../media/" + newer + "/source/0/0.m4s")
        .doesNotContain(ID);
  }

  @Test
  void answers_always_carryCorsAndDateAndNeitherAgeNorLastModified() throws Exception {
    fixture.broadcast().withVideo().segments(2).put();

    for (String path :
        List.of(
            MEDIA,
            "/hls/my-show/index.m3u8",
            "/hls/none/index.m3u8",
            "/media/" + ID + "/source/0/0.m4s",
            "/media/x",
            MEDIA + "?_HLS_msn=x",
            "/time")) {
      HttpResponse<String> response = fixture.get(path);
      assertThat(response.headers().firstValue("access-control-allow-origin")).contains("*");
      assertThat(response.headers().firstValue("access-control-expose-headers").orElse(""))
          .contains("Date", "Content-Length");
      assertThat(response.headers().firstValue("date")).contains("Sun, 22 Nov 2026 16:00:00 GMT");
      assertThat(response.headers().firstValue("cache-control")).isPresent();
      assertThat(response.headers().firstValue("age")).isEmpty();
      assertThat(response.headers().firstValue("last-modified")).isEmpty();
    }
  }

  @Test
  void options_anyPath_allowsRangeAndCmcdHeaders() throws Exception {
    HttpResponse<String> response =
        fixture.client.send(
            fixture
                .request("/hls/none/index.m3u8")
                .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                .header("Origin", "https://example.org")
                .build(),
            HttpResponse.BodyHandlers.ofString());

    assertThat(response.statusCode()).isEqualTo(204);
    assertThat(response.headers().firstValue("access-control-allow-headers").orElse(""))
        .contains("Range", "CMCD-Session");
    assertThat(response.headers().firstValue("access-control-allow-methods"))
        .contains("GET, HEAD, OPTIONS");
  }

  @Test
  void post_anyPath_isNotAllowed() throws Exception {
    HttpResponse<String> response =
        fixture.client.send(
            fixture.request(MEDIA).POST(HttpRequest.BodyPublishers.ofString("x")).build(),
            HttpResponse.BodyHandlers.ofString());

    assertThat(response.statusCode()).isEqualTo(405);
    assertThat(response.headers().firstValue("allow")).contains("GET, HEAD, OPTIONS");
  }

  @Test
  void head_playlist_hasTheHeadersOfGetWithoutBody() throws Exception {
    fixture.broadcast().withVideo().segments(2).put();

    HttpResponse<String> get = fixture.get(MEDIA);
    HttpResponse<String> head =
        fixture.client.send(
            fixture.request(MEDIA).HEAD().build(), HttpResponse.BodyHandlers.ofString());

    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    assertThat(head.headers().map()).isEqualTo(get.headers().map());
    assertThat(get.headers().firstValue("content-length"))
        .contains(Integer.toString(get.body().length()));
  }

  @Test
  void livePlaylist_always_hasNoEtagAndIgnoresRange() throws Exception {
    fixture.broadcast().withVideo().segments(2).put();

    HttpResponse<String> response = fixture.get(MEDIA, "Range", "bytes=0-9");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("etag")).isEmpty();
    assertThat(response.body()).startsWith("#EXTM3U").endsWith("\n");
    assertThat(response.headers().firstValue("cache-control")).contains("public, max-age=1");
  }

  @Test
  void endedPlaylist_ifNoneMatch_isNotModified() throws Exception {
    fixture.broadcast().withVideo().segments(2).state(TimelineState.ENDED).put();

    HttpResponse<String> first = fixture.get(MEDIA);
    String etag = first.headers().firstValue("etag").orElseThrow();
    HttpResponse<String> second = fixture.get(MEDIA, "If-None-Match", "\"x\", W/" + etag);

    assertThat(first.body()).endsWith("#EXT-X-ENDLIST\n");
    assertThat(first.headers().firstValue("cache-control")).contains("public, max-age=600");
    assertThat(second.statusCode()).isEqualTo(304);
    assertThat(second.body()).isEmpty();
    assertThat(fixture.get(MEDIA, "If-None-Match", etag, "Accept-Encoding", "gzip").statusCode())
        .isEqualTo(200);
  }

  @Test
  void endedStream_onceRemoved_isGoneById() throws Exception {
    Broadcast broadcast = fixture.broadcast().withVideo().segments(2).state(TimelineState.ENDED);
    broadcast.put();
    fixture.timelines.remove(broadcast.stream());
    fixture.segments.removeStream(broadcast.stream());

    assertThat(fixture.get(MEDIA).statusCode()).isEqualTo(410);
    assertThat(fixture.get("/hls/" + ID + "/index.m3u8").statusCode()).isEqualTo(410);
    assertThat(fixture.get("/media/" + ID + "/source/0/0.m4s").statusCode()).isEqualTo(410);
    assertThat(fixture.get("/hls/my-show/index.m3u8").statusCode()).isEqualTo(404);
    assertThat(fixture.get("/hls/zzzzzzzz/index.m3u8").statusCode()).isEqualTo(404);
  }

  @Test
  void playlist_manyRequests_isRenderedOncePerVersion() throws Exception {
    Broadcast broadcast = fixture.broadcast().withVideo().withAudio().segments(3);
    broadcast.put();
    List<CompletableFuture<HttpResponse<String>>> held = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      held.add(fixture.getAsync(MEDIA + "?_HLS_msn=3&_HLS_part=0&CMCD=sid%3D" + i));
    }
    fixture.awaitHeld(200);
    int before = fixture.metrics.count("rendered MEDIA_PLAYLIST");

    broadcast.part(Broadcast.VIDEO).put();

    String body = held.getFirst().get(10, TimeUnit.SECONDS).body();
    for (CompletableFuture<HttpResponse<String>> each : held) {
      assertThat(each.get(10, TimeUnit.SECONDS).body()).isEqualTo(body);
    }
    assertThat(fixture.metrics.count("rendered MEDIA_PLAYLIST") - before).isEqualTo(1);
    assertThat(body).contains("source/0/3.0.m4s");
    assertThat(fixture.metrics.held).hasValue(0);
  }

  @Test
  void playlist_withGzipAccepted_isTheSameTextCompressed() throws Exception {
    fixture.broadcast().withVideo().withAudio().segments(10).put();

    String plain = fixture.get(MEDIA).body();
    HttpResponse<byte[]> compressed =
        fixture.client.send(
            fixture.request(MEDIA).header("Accept-Encoding", "gzip, deflate, br").build(),
            HttpResponse.BodyHandlers.ofByteArray());

    assertThat(compressed.headers().firstValue("content-encoding")).contains("gzip");
    assertThat(compressed.headers().firstValue("vary")).contains("accept-encoding");
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(compressed.body()))) {
      assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo(plain);
    }
    assertThat(fixture.get(MEDIA, "Accept-Encoding", "gzip;q=0").body()).isEqualTo(plain);
    assertThat(fixture.metrics.count("rendered MEDIA_PLAYLIST")).isEqualTo(1);
  }

  @Test
  void playlist_withSkip_isADeltaUpdate() throws Exception {
    fixture.broadcast().withVideo().segments(15).put();

    assertThat(fixture.get(MEDIA + "?_HLS_skip=YES").body())
        .contains("#EXT-X-SKIP:SKIPPED-SEGMENTS=")
        .contains("#EXT-X-MEDIA-SEQUENCE:0\n")
        .doesNotContain("source/0/0.m4s");
    assertThat(fixture.get(MEDIA + "?_HLS_skip=no").body()).contains("source/0/0.m4s");
  }

  @Test
  void playlist_overClearTextHttp2_isServed() throws Exception {
    fixture.broadcast().withVideo().segments(2).put();
    try (HttpClient http2 = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()) {
      HttpResponse<String> response =
          http2.send(fixture.request(MEDIA).build(), HttpResponse.BodyHandlers.ofString());
      HttpResponse<String> again =
          http2.send(
              fixture.request("/media/" + ID + "/source/0/0.m4s").build(),
              HttpResponse.BodyHandlers.ofString());

      assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
      assertThat(response.body()).startsWith("#EXTM3U");
      assertThat(again.body()).startsWith("<source 0.0>").endsWith("<source 0.5>");
    }
  }

  @Test
  void paths_outsideTheStream_areNotFound() throws Exception {
    fixture.broadcast().withVideo().segments(2).put();

    for (String path :
        List.of(
            "/hls/" + ID + "/none/index.m3u8",
            "/hls/" + ID + "/source/index.m3u",
            "/hls/" + ID + "//index.m3u8",
            "/hls/" + ID + "/source/x/index.m3u8",
            "/hls/UPPER/index.m3u8",
            "/hls/" + ID + "%2Fsource/index.m3u8",
            "/hls//index.m3u8",
            "/hls/",
            "/media/" + ID + "/source/0/00.m4s",
            "/media/" + ID + "/source/0/-1.m4s",
            "/media/" + ID + "/source/0/99999999999999999999.m4s",
            "/media/" + ID + "/source/0/0.99999999999999999999.m4s",
            "/media/" + ID + "/source/99999999999/0.m4s",
            "/media/" + ID + "/source/0/0.m4s/",
            "/media/" + ID + "/source/0/..%2f0%2f0.m4s",
            "/media/../media/" + ID + "/source/0/0.m4s",
            "/media/" + ID + "/source/0/%2e%2e/init.mp4",
            "/media/" + ID + "/source/7/init.mp4",
            "/media/" + ID + "/source/0/99.m4s",
            "/media/" + ID + "/source/0/1.9.m4s")) {
      HttpResponse<String> response = fixture.get(path);
      assertThat(response.statusCode()).as(path).isEqualTo(404);
      assertThat(response.body().lines()).as(path).hasSize(1);
    }
    assertThat(fixture.metrics.failures).hasValue(0);
    assertThat(fixture.metrics.held).hasValue(0);
  }

  @Test
  void time_always_isTheClockInMilliseconds() throws Exception {
    fixture.clock.advanceMs(5);

    HttpResponse<String> response = fixture.get("/time?x=1");

    assertThat(response.body()).isEqualTo("2026-11-22T16:00:00.005Z\n");
    assertThat(response.headers().firstValue("cache-control")).contains("no-store");
  }
}
