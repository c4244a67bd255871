package nova.delivery.http;

import static nova.delivery.Broadcast.VIDEO;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import nova.core.Bytes;
import nova.core.StreamId;
import nova.delivery.Broadcast;
import nova.delivery.PlaybackGate.Audience;
import nova.delivery.PlaybackGate.Verdict;
import nova.segments.Poster;
import nova.segments.TimelineSnapshot.TimelineState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Who gets what belongs to a channel, on real routes.
class PlaybackGateTest {
  private static final String ID = DeliveryFixture.STREAM;
  private static final String FOLDER = "/media/" + ID + "/source/0/";
  private static final String HINTED = FOLDER + "2.1.m4s";
  private static final Pattern URIS = Pattern.compile("(?m)^(?!#)(.+)$|URI=\"([^\"]+)\"");

  private final ScriptedGate gate = new ScriptedGate(Audience.TOKEN_HOLDERS);
  private final DeliveryFixture fixture = new DeliveryFixture(gate);
  private final Broadcast broadcast = fixture.broadcast().withVideo().segments(2).part(VIDEO).put();

  PlaybackGateTest() {
    assertThat(
            fixture.posters.put(
                new StreamId(ID), new Poster(Bytes.ofHex("ffd8ffd9"), fixture.clock.instant())))
        .isTrue();
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  static Stream<String> everything() {
    return Stream.of(
        "/hls/" + ID + "/index.m3u8",
        "/hls/" + DeliveryFixture.CHANNEL + "/index.m3u8",
        "/hls/" + ID + "/source/index.m3u8",
        "/hls/" + DeliveryFixture.CHANNEL + "/source/index.m3u8",
        "/media/" + ID + "/poster.jpg",
        FOLDER + "init.mp4",
        FOLDER + "0.m4s",
        FOLDER + "0.0.m4s");
  }

  @ParameterizedTest
  @MethodSource("everything")
  void channelForTokenHolders_isForNobodyElse(String path) throws Exception {
    HttpResponse<String> none = fixture.get(path);
    assertThat(none.statusCode()).isEqualTo(401);
    assertThat(none.headers().firstValue("www-authenticate")).contains("Bearer");

    for (HttpResponse<String> refused :
        List.of(
            none,
            fixture.get(path, "Authorization", "Basic Z29vZA=="),
            fixture.get(path, "Authorization", "Bearer  "),
            fixture.get(path, "Authorization", "Bearer bad"),
            fixture.get("/p/bad" + path),
            fixture.get("/p/bad" + path, "Authorization", "Bearer good"))) {
      assertThat(refused.statusCode()).isIn(401, 403);
      assertThat(refused.body().lines()).hasSize(1);
      assertThat(refused.headers().firstValue("cache-control")).contains("no-store");
      assertThat(refused.headers().firstValue("access-control-allow-origin")).contains("*");
    }
    assertThat(fixture.metrics.count("refused needs-token")).isEqualTo(3);
    assertThat(fixture.metrics.count("refused token-not-allowed")).isEqualTo(3);
  }

  @ParameterizedTest
  @MethodSource("everything")
  void tokenBeforeThePath_opensTheSameAsForEverybody(String path) throws Exception {
    HttpResponse<String> withToken = fixture.get("/p/good" + path);
    gate.audiences.put(DeliveryFixture.CHANNEL, Audience.EVERYBODY);
    HttpResponse<String> open = fixture.get(path);

    assertThat(withToken.statusCode()).isEqualTo(200);
    assertThat(withToken.body()).isEqualTo(open.body());
    assertThat(withToken.headers().map()).isEqualTo(open.headers().map());
    assertThat(open.headers().firstValue("cache-control").orElseThrow()).startsWith("public");
  }

  @ParameterizedTest
  @MethodSource("everything")
  void tokenInTheHeader_opensForThisViewersCacheOnly(String path) throws Exception {
    HttpResponse<String> prefixed = fixture.get("/p/good" + path);
    HttpResponse<String> answer = fixture.get(path, "Authorization", "bearer good");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo(prefixed.body());
    assertThat(answer.headers().firstValue("cache-control").orElseThrow())
        .isEqualTo(
            prefixed
                .headers()
                .firstValue("cache-control")
                .orElseThrow()
                .replace("public", "private"));
    assertThat(answer.headers().allValues("vary")).contains("authorization");
  }

  @ParameterizedTest
  @MethodSource("everything")
  void channelForEverybody_doesNotLookAtTokens(String path) throws Exception {
    gate.audiences.put(DeliveryFixture.CHANNEL, Audience.EVERYBODY);
    HttpResponse<String> plain = fixture.get(path);

    assertThat(plain.statusCode()).isEqualTo(200);
    for (HttpResponse<String> same :
        List.of(fixture.get("/p/bad" + path), fixture.get(path, "Authorization", "Bearer bad"))) {
      assertThat(same.body()).isEqualTo(plain.body());
      assertThat(same.headers().map()).isEqualTo(plain.headers().map());
    }
    assertThat(gate.judged).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("everything")
  void channelThatIsNotKnown_isNotServed(String path) throws Exception {
    gate.audiences.clear();
    for (String asked : List.of(path, "/p/good" + path)) {
      HttpResponse<String> answer = fixture.get(asked);
      assertThat(answer.statusCode()).isEqualTo(404);
      assertThat(answer.body()).isEqualTo("No stream or channel of this name is live.\n");
    }
  }

  @Test
  void everyUriOfAPlaylist_inheritsTheToken() throws Exception {
    List<String> followed = new ArrayList<>();
    follow("/p/good/hls/" + DeliveryFixture.CHANNEL + "/index.m3u8", followed);

    assertThat(followed)
        .allMatch(path -> path.startsWith("/p/good/"))
        .contains("/p/good/hls/" + ID + "/source/index.m3u8")
        .contains("/p/good" + FOLDER + "init.mp4")
        .contains("/p/good" + FOLDER + "0.m4s")
        .contains("/p/good" + FOLDER + "2.0.m4s");
  }

  private void follow(String path, List<String> followed) throws Exception {
    HttpResponse<String> answer = fixture.get(path);
    assertThat(answer.statusCode()).as(path).isEqualTo(200);
    followed.add(path);
    if (path.endsWith(".m3u8")) {
      for (String uri :
          URIS.matcher(answer.body())
              .results()
              .map(match -> match.group(1) == null ? match.group(2) : match.group(1))
              .toList()) {
        String next = URI.create(path).resolve(uri).getPath();
        if (!followed.contains(next) && !next.endsWith(HINTED)) {
          follow(next, followed);
        }
      }
    }
  }

  @Test
  void heldRequest_isJudgedWhenItComes_andNotAgain() throws Exception {
    String hinted = "/p/good" + HINTED;
    CompletableFuture<HttpResponse<String>> held = fixture.getAsync(hinted);
    fixture.awaitHeld(1);
    gate.verdicts.clear();
    broadcast.part(VIDEO).put();

    assertThat(held.get(10, TimeUnit.SECONDS).body()).startsWith("<source 2.1>");
    assertThat(gate.judged).containsExactly(DeliveryFixture.CHANNEL + " good");
    assertThat(fixture.get(hinted).statusCode()).isEqualTo(403);
  }

  @Test
  void requestWithoutAToken_isNotHeld() throws Exception {
    assertThat(fixture.get(HINTED).statusCode()).isEqualTo(401);
    assertThat(fixture.get("/hls/" + ID + "/source/index.m3u8?_HLS_msn=3").statusCode())
        .isEqualTo(401);
  }

  @Test
  void verdictThatTakesTime_isWaitedFor() throws Exception {
    CompletableFuture<Verdict> yes = new CompletableFuture<>();
    CompletableFuture<Verdict> no = new CompletableFuture<>();
    CompletableFuture<Verdict> broken = new CompletableFuture<>();
    gate.later.putAll(Map.of("yes", yes, "no", no, "broken", broken));
    List<CompletableFuture<HttpResponse<String>>> answers =
        Stream.of("yes", "no", "broken")
            .map(token -> fixture.getAsync("/p/" + token + FOLDER + "0.0.m4s"))
            .toList();
    while (gate.judged.size() < 3) {
      Thread.onSpinWait();
    }
    assertThat(answers).noneMatch(CompletableFuture::isDone);

    yes.complete(Verdict.MAY_WATCH);
    no.complete(Verdict.NOT_ALLOWED);
    broken.completeExceptionally(new IllegalStateException("a fault of the gate"));

    assertThat(answers)
        .extracting(answer -> answer.get(10, TimeUnit.SECONDS).statusCode())
        .containsExactly(200, 403, 500);
  }

  @Test
  void tokenThatCannotBeJudged_maySomebodyAskWithAgain() throws Exception {
    gate.verdicts.put("good", Verdict.UNAVAILABLE);

    HttpResponse<String> answer = fixture.get("/p/good" + FOLDER + "0.0.m4s");

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.headers().firstValue("retry-after")).contains("1");
    assertThat(answer.headers().firstValue("cache-control")).contains("no-store");
    assertThat(fixture.metrics.count("refused token-not-judged")).isEqualTo(1);
  }

  @Test
  void tokenOfAnAddressThatShowedTooManyWrongOnes_isToldSo() throws Exception {
    gate.verdicts.put("good", Verdict.TOO_MANY_WRONG);

    HttpResponse<String> answer = fixture.get("/p/good" + FOLDER + "0.0.m4s");

    assertThat(answer.statusCode()).isEqualTo(429);
    assertThat(answer.headers().firstValue("cache-control")).contains("no-store");
    assertThat(fixture.metrics.count("refused too-many-wrong-tokens")).isEqualTo(1);
    assertThat(gate.addresses).containsExactly("127.0.0.1");
  }

  @Test
  void streamThatIsOver_isStillForTokenHolders() throws Exception {
    broadcast.state(TimelineState.ENDED).put();
    String playlist = "/hls/" + ID + "/source/index.m3u8";

    assertThat(fixture.get(playlist).statusCode()).isEqualTo(401);
    assertThat(fixture.get(FOLDER + "0.m4s").statusCode()).isEqualTo(401);
    assertThat(fixture.get("/p/good" + playlist).body()).contains("#EXT-X-ENDLIST");
    assertThat(fixture.get(playlist, "Authorization", "Bearer good").headers().map())
        .containsEntry("cache-control", List.of("private, max-age=600"));
  }

  @Test
  void whetherAChannelIsLive_isForTokenHoldersToKnow() throws Exception {
    fixture.timelines.remove(broadcast.stream());
    String playlist = "/hls/" + DeliveryFixture.CHANNEL + "/index.m3u8";

    assertThat(fixture.get(playlist).statusCode()).isEqualTo(401);
    assertThat(fixture.get("/p/bad" + playlist).statusCode()).isEqualTo(403);
    assertThat(fixture.get("/p/good" + playlist).statusCode()).isEqualTo(404);
    assertThat(fixture.get("/hls/other/index.m3u8").statusCode()).isEqualTo(404);
    assertThat(fixture.get("/hls/" + ID + "/index.m3u8").statusCode()).isEqualTo(410);
  }

  @Test
  void mediaOfAStreamWithoutAChannel_isNotServed() throws Exception {
    String early = "early2345efgh678";
    Broadcast _ = fixture.broadcast(early).withVideo().segments(1); // and no timeline
    String segment = "/media/" + early + "/source/0/0.m4s";

    assertThat(fixture.get(segment).statusCode()).isEqualTo(404);
    assertThat(fixture.get("/p/good" + segment).statusCode()).isEqualTo(404);
  }

  @Test
  void preflight_needsNoToken_andAllowsToSendOne() throws Exception {
    for (String path : List.of(FOLDER + "0.m4s", "/p/bad" + FOLDER + "0.m4s")) {
      HttpResponse<String> answer =
          fixture.client.send(
              fixture.request(path).method("OPTIONS", BodyPublishers.noBody()).build(),
              BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(204);
      assertThat(answer.headers().firstValue("access-control-allow-headers").orElseThrow())
          .contains("Authorization");
    }
    assertThat(gate.judged).isEmpty();
  }

  @Test
  void pathsBelowATokenThatAreNothing_are404() throws Exception {
    for (String path :
        List.of(
            "/p",
            "/p/",
            "/p/good",
            "/p/good/",
            "/p/good/time",
            "/p//hls/" + ID + "/index.m3u8",
            "/p/good/p/good/hls/" + ID + "/index.m3u8",
            "/p/good/hls/" + ID)) {
      assertThat(fixture.get(path).statusCode()).as(path).isEqualTo(404);
    }
  }
}
