package nova.delivery.http;

import static nova.delivery.Broadcast.AUDIO;
import static nova.delivery.Broadcast.VIDEO;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import nova.core.RenditionId;
import nova.delivery.Broadcast;
import nova.delivery.DeliveryConfig;
import nova.segments.TimelineSnapshot.TimelineState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The table of rfc8216bis-22 §6.2.5.2, over HTTP.
class BlockingReloadTest {
  private static final String MEDIA = "/hls/" + DeliveryFixture.STREAM + "/source/index.m3u8";

  private final DeliveryFixture fixture = new DeliveryFixture();
  private final Broadcast broadcast = fixture.broadcast().withVideo().withAudio();

  @BeforeEach
  void threeSegmentsAndTwoParts() {
    broadcast.segments(3).part(VIDEO).part(VIDEO).part(AUDIO).put(); // video ends with 3.1
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  @ParameterizedTest
  @CsvSource({
    "''",
    "_HLS_msn=0",
    "_HLS_msn=2",
    "_HLS_msn=2&_HLS_part=0",
    "_HLS_msn=2&_HLS_part=5",
    "_HLS_msn=2&_HLS_part=6",
    "_HLS_msn=2&_HLS_part=99",
    "_HLS_msn=3&_HLS_part=0",
    "_HLS_msn=3&_HLS_part=1",
    "CMCD=sid&_HLS_msn=1&x",
    "_HLS_unknown=7",
    "_HLS_msnx=9999"
  })
  void reload_ofWhatIsListed_isAnsweredAtOnce(String query) throws Exception {
    HttpResponse<String> response = fixture.get(MEDIA + "?" + query);

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).contains("3.1.m4s").contains("TYPE=PART,URI=");
  }

  @ParameterizedTest
  @CsvSource({
    "_HLS_part=0",
    "_HLS_msn=6",
    "_HLS_msn=999999",
    "_HLS_msn=x",
    "_HLS_msn=-1",
    "_HLS_msn=",
    "_HLS_msn=99999999999999999999",
    "_HLS_msn=3&_HLS_part=11",
    "_HLS_msn=3&_HLS_part=-1",
    "_HLS_msn=4&_HLS_part=9",
    "_HLS_msn=3&_HLS_part=1e3",
    "_HLS_msn=3&_HLS_part=99999999999999999999"
  })
  void reload_ofTheAbsurd_isRefusedInOneSentence(String query) throws Exception {
    HttpResponse<String> response = fixture.get(MEDIA + "?" + query);

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body().lines()).singleElement().asString().contains("_HLS_");
    assertThat(response.headers().firstValue("cache-control")).contains("public, max-age=16");
    assertThat(fixture.metrics.count("refused bad-directive")).isEqualTo(1);
  }

  @Test
  void reload_ofSegment_waitsUntilItIsComplete() throws Exception {
    CompletableFuture<HttpResponse<String>> held = fixture.getAsync(MEDIA + "?_HLS_msn=3");
    fixture.awaitHeld(1);

    broadcast.part(VIDEO).put();
    broadcast.part(AUDIO).put();
    assertThat(held).isNotDone();
    broadcast.complete(VIDEO).put();

    HttpResponse<String> response = held.get(10, TimeUnit.SECONDS);
    assertThat(response.body()).contains("source/0/3.m4s\n");
    assertThat(response.headers().firstValue("cache-control")).contains("public, max-age=24");
  }

  @Test
  void reload_ofARungThatLeaves_isRefusedAtOnce() throws Exception {
    RenditionId rung = new RenditionId("480p");
    String playlist = "/hls/" + DeliveryFixture.STREAM + "/480p/index.m3u8";
    broadcast.withRung(rung, 480, 1_500_000).segment(rung).put();
    CompletableFuture<HttpResponse<String>> part =
        fixture.getAsync(playlist + "?_HLS_msn=1&_HLS_part=0");
    CompletableFuture<HttpResponse<String>> segment = fixture.getAsync(playlist + "?_HLS_msn=1");
    CompletableFuture<HttpResponse<String>> hinted =
        fixture.getAsync("/media/" + DeliveryFixture.STREAM + "/480p/0/1.0.m4s");
    fixture.awaitHeld(3);

    broadcast.without(rung).put();

    for (CompletableFuture<HttpResponse<String>> held : List.of(part, segment, hinted)) {
      assertThat(held.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(404);
    }
    assertThat(fixture.get(playlist).statusCode()).isEqualTo(404);
    assertThat(fixture.get("/media/" + DeliveryFixture.STREAM + "/480p/0/0.m4s").statusCode())
        .as("its media stays for those who know its name")
        .isEqualTo(200);
  }

  @Test
  void reload_ofPart_waitsUntilItIsListed() throws Exception {
    CompletableFuture<HttpResponse<String>> next =
        fixture.getAsync(MEDIA + "?_HLS_msn=3&_HLS_part=2");
    CompletableFuture<HttpResponse<String>> afterNext =
        fixture.getAsync(MEDIA + "?_HLS_msn=3&_HLS_part=3");
    fixture.awaitHeld(2);

    broadcast.part(VIDEO).put();
    assertThat(next.get(10, TimeUnit.SECONDS).body()).contains("3.2.m4s", "3.3.m4s");
    assertThat(afterNext).isNotDone();
    broadcast.part(VIDEO).put();
    assertThat(afterNext.get(10, TimeUnit.SECONDS).body()).contains("3.3.m4s", "3.4.m4s");
  }

  @Test
  void reload_ofPartBeyondAFinishedSegment_waitsForTheNextSegmentsFirst() throws Exception {
    broadcast.complete(VIDEO).put();
    CompletableFuture<HttpResponse<String>> held =
        fixture.getAsync(MEDIA + "?_HLS_msn=3&_HLS_part=2");
    fixture.awaitHeld(1);

    broadcast.part(VIDEO).put();

    assertThat(held.get(10, TimeUnit.SECONDS).body()).contains("4.0.m4s");
  }

  @Test
  void reload_whenTheStreamEnds_isReleasedWithEndlist() throws Exception {
    CompletableFuture<HttpResponse<String>> held = fixture.getAsync(MEDIA + "?_HLS_msn=4");
    fixture.awaitHeld(1);

    broadcast.complete(VIDEO).complete(AUDIO).state(TimelineState.ENDED).put();

    assertThat(held.get(10, TimeUnit.SECONDS).body()).endsWith("#EXT-X-ENDLIST\n");
    assertThat(fixture.get(MEDIA + "?_HLS_msn=99999").body()).endsWith("#EXT-X-ENDLIST\n");
  }

  @Test
  void reload_heldTooLong_isUnavailable() throws Exception {
    CompletableFuture<HttpResponse<String>> held = fixture.getAsync(MEDIA + "?_HLS_msn=4");
    fixture.awaitHeld(1);

    fixture.clock.advance(Duration.ofMillis(11_999));
    broadcast.part(AUDIO).put();
    assertThat(held).isNotDone();
    fixture.clock.advanceMs(1);

    HttpResponse<String> response = held.get(10, TimeUnit.SECONDS);
    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.headers().firstValue("retry-after")).isPresent();
    assertThat(fixture.metrics.count("refused held-too-long")).isEqualTo(1);
  }

  @Test
  void reload_heldTooLongWhileReconnecting_isTheCurrentPlaylistWithoutHint() throws Exception {
    CompletableFuture<HttpResponse<String>> held = fixture.getAsync(MEDIA + "?_HLS_msn=4");
    fixture.awaitHeld(1);
    broadcast.complete(VIDEO).state(TimelineState.RECONNECTING).put();
    fixture.clock.advance(Duration.ofSeconds(12));

    HttpResponse<String> response = held.get(10, TimeUnit.SECONDS);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).doesNotContain("PRELOAD-HINT", "ENDLIST");
    assertThat(response.headers().firstValue("cache-control"))
        .as("not what was waited for, so not to be kept")
        .contains("public, max-age=1");
  }

  @Test
  void reload_whenTheBroadcasterReturns_showsTheDiscontinuity() throws Exception {
    CompletableFuture<HttpResponse<String>> held =
        fixture.getAsync(MEDIA + "?_HLS_msn=4&_HLS_part=0");
    fixture.awaitHeld(1);
    broadcast.complete(VIDEO).state(TimelineState.RECONNECTING).put();
    broadcast.nextEpoch().state(TimelineState.LIVE).part(VIDEO).put();

    assertThat(held.get(10, TimeUnit.SECONDS).body())
        .containsSubsequence(
            "0/3.m4s\n", "#EXT-X-DISCONTINUITY\n", "#EXT-X-MAP", "1/init.mp4", "1/4.0.m4s");
  }

  @Test
  void reload_whenTheStreamIsRemoved_isGone() throws Exception {
    CompletableFuture<HttpResponse<String>> held = fixture.getAsync(MEDIA + "?_HLS_msn=4");
    fixture.awaitHeld(1);

    fixture.timelines.remove(broadcast.stream());

    assertThat(held.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(410);
  }

  @Test
  void reload_whenTheServerStops_isThePlaylistAsItIs() throws Exception {
    String now = fixture.get(MEDIA).body();
    CompletableFuture<HttpResponse<String>> held = fixture.getAsync(MEDIA + "?_HLS_msn=4");
    fixture.awaitHeld(1);

    fixture.stopHolding();

    for (HttpResponse<String> response :
        List.of(held.get(10, TimeUnit.SECONDS), fixture.get(MEDIA + "?_HLS_msn=4"))) {
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.body()).isEqualTo(now);
      assertThat(response.headers().firstValue("cache-control")).contains("public, max-age=1");
    }
    fixture.awaitHeld(0);
    assertThat(fixture.metrics.count("refused stopping")).isPositive();
  }

  @Test
  void start_whenTheServerStops_isUnavailable() throws Exception {
    Broadcast _ = fixture.broadcast("starting23456789").withVideo().put();
    CompletableFuture<HttpResponse<String>> held =
        fixture.getAsync("/hls/starting23456789/index.m3u8");
    fixture.awaitHeld(1);

    fixture.stopHolding();

    HttpResponse<String> response = held.get(10, TimeUnit.SECONDS);
    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.headers().firstValue("retry-after")).contains("1");
    assertThat(response.headers().firstValue("cache-control")).contains("no-store");
  }

  @Test
  void reload_whoseClientLeaves_isForgotten() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), fixture.port)) {
      OutputStream out = socket.getOutputStream();
      out.write(
          ("GET " + MEDIA + "?_HLS_msn=4 HTTP/1.1\r\nHost: x\r\n\r\n")
              .getBytes(StandardCharsets.US_ASCII));
      out.flush();
      fixture.awaitHeld(1);
    }
    fixture.awaitHeld(0);

    broadcast.complete(VIDEO).put(); // answers nobody
    assertThat(fixture.metrics.count("answered MEDIA_PLAYLIST 200")).isZero();
  }

  @Test
  void firstPlaylist_ofAStartingStream_waitsForAPlayableOne() throws Exception {
    String id = "starting23456789";
    Broadcast starting = fixture.broadcast(id).withVideo().withAudio();
    starting.put();
    CompletableFuture<HttpResponse<String>> multivariant =
        fixture.getAsync("/hls/" + id + "/index.m3u8");
    CompletableFuture<HttpResponse<String>> media =
        fixture.getAsync("/hls/" + id + "/source/index.m3u8");
    fixture.awaitHeld(2);

    starting.segment(VIDEO).put();
    assertThat(media.get(10, TimeUnit.SECONDS).body()).contains("source/0/0.m4s");
    assertThat(multivariant).isNotDone();
    starting.segment(AUDIO).put();

    assertThat(multivariant.get(10, TimeUnit.SECONDS).body())
        .contains("CODECS=\"avc1.64001f,mp4a.40.2\"");
  }

  @Test
  void firstPlaylist_withoutMediaFor10s_isUnavailable() throws Exception {
    String id = "starting23456789";
    fixture.broadcast(id).put();
    CompletableFuture<HttpResponse<String>> multivariant =
        fixture.getAsync("/hls/" + id + "/index.m3u8");
    CompletableFuture<HttpResponse<String>> media =
        fixture.getAsync("/hls/" + id + "/source/index.m3u8");
    fixture.awaitHeld(2);
    fixture.clock.advance(Duration.ofSeconds(10));

    assertThat(multivariant.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(503);
    assertThat(media.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(503);
  }

  @Test
  void holding_moreThanAStreamMay_isRefused() throws Exception {
    DeliveryConfig defaults = DeliveryConfig.defaults();
    DeliveryConfig few =
        new DeliveryConfig(defaults.startHold(), 64, 2, defaults.writeTimeout(), 10, 10);
    try (DeliveryFixture small = new DeliveryFixture(few, 2)) {
      small.broadcast().withVideo().segments(1).put();
      CompletableFuture<HttpResponse<String>> one = small.getAsync(MEDIA + "?_HLS_msn=1");
      CompletableFuture<HttpResponse<String>> two = small.getAsync(MEDIA + "?_HLS_msn=1");
      small.awaitHeld(2);

      HttpResponse<String> third = small.get(MEDIA + "?_HLS_msn=1");

      assertThat(third.statusCode()).isEqualTo(503);
      assertThat(third.headers().firstValue("cache-control")).contains("no-store");
      assertThat(small.metrics.count("refused too-many-held-for-stream")).isEqualTo(1);
      assertThat(one).isNotDone();
      assertThat(two).isNotDone();
    }
  }
}
