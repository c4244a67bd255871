package nova.delivery.http;

import static nova.delivery.Broadcast.VIDEO;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import nova.core.Bytes;
import nova.delivery.Broadcast;
import nova.delivery.PlaybackGate;
import nova.delivery.PlaybackGate.Audience;
import nova.delivery.PlaybackGate.Verdict;
import nova.segments.Poster;
import nova.segments.StoreUnavailableException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Media that is kept elsewhere: its bytes come later, on a foreign thread, or not at all.
class LateMediaTest {
  private static final String MEDIA = "/media/" + DeliveryFixture.STREAM + "/";
  private static final String FOLDER = MEDIA + "source/0/";

  private final LateMedia media = new LateMedia();
  private final DeliveryFixture fixture = new DeliveryFixture(PlaybackGate.OPEN, media::of);
  private final Broadcast broadcast = fixture.broadcast().withVideo().segments(2).part(VIDEO).put();

  @AfterEach
  void close() {
    fixture.close();
  }

  @ParameterizedTest
  @CsvSource({"source/0/init.mp4", "source/0/1.m4s", "source/0/1.3.m4s", "poster.jpg"})
  void media_thatComesLater_isAnsweredOnTheEventLoop(String name) throws Exception {
    assertThat(
            fixture.posters.put(
                broadcast.stream(), new Poster(Bytes.ofUtf8("jpeg"), fixture.clock.instant())))
        .isTrue();
    CompletableFuture<HttpResponse<String>> waiting = fixture.getAsync(MEDIA + name);
    media.awaitQuestions(1);
    assertThat(fixture.metrics.threads).as("answered already").isEmpty();

    media.answer();

    HttpResponse<String> response = waiting.get(10, TimeUnit.SECONDS);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body())
        .isEqualTo(
            switch (name) {
              case "source/0/init.mp4" -> "init source 0";
              case "poster.jpg" -> "jpeg";
              case "source/0/1.3.m4s" -> Broadcast.chunk(VIDEO, 1, 3).toUtf8();
              default ->
                  Stream.of(0, 1, 2, 3, 4, 5)
                      .map(part -> Broadcast.chunk(VIDEO, 1, part).toUtf8())
                      .reduce("", String::concat);
            });
    assertThat(fixture.metrics.threads)
        .allSatisfy(thread -> assertThat(thread).startsWith("vert.x-eventloop"));
  }

  @Test
  void mediaThatIsNotThere_isNotFound_whenThatIsKnown() throws Exception {
    fixture.segments.removeStream(broadcast.stream());
    CompletableFuture<HttpResponse<String>> waiting = fixture.getAsync(FOLDER + "1.m4s");
    media.awaitQuestions(1);
    media.answer();

    assertThat(waiting.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "source/0/9.m4s",
        "source/0/3.m4s",
        "source/0/1.6.m4s",
        "source/0/9.0.m4s",
        "source/1/1.m4s",
        "source/1/init.mp4",
        "other/0/1.m4s",
        "other/0/1.0.m4s",
        "other/0/init.mp4"
      })
  void mediaThatNoPlaylistNames_isNotFound_andNotAskedFor(String name) throws Exception {
    assertThat(fixture.get(MEDIA + name).statusCode()).isEqualTo(404);
    assertThat(media.questions).hasValue(0);
  }

  @Test
  void mediaOfUnknownStreams_isNotAskedFor() throws Exception {
    assertThat(fixture.get("/media/abcd2345efgh0000/source/0/1.m4s").statusCode()).isEqualTo(404);
    assertThat(media.questions).hasValue(0);
  }

  @Test
  void hintedPart_heldForACrowd_isAskedForOncePerLoop_andOnlyWhenItIsThere() throws Exception {
    List<CompletableFuture<HttpResponse<String>>> crowd =
        Stream.generate(() -> fixture.getAsync(FOLDER + "2.1.m4s")).limit(100).toList();
    fixture.awaitHeld(100);
    assertThat(media.questions).hasValue(0);

    broadcast.part(VIDEO).put();
    fixture.awaitHeld(0);
    assertThat(media.questions.get()).isBetween(1, 2); // the fixture has two loops
    assertThat(fixture.metrics.count("answered PART 200")).isZero();
    media.answer();

    for (CompletableFuture<HttpResponse<String>> each : crowd) {
      assertThat(each.get(10, TimeUnit.SECONDS).body())
          .isEqualTo(Broadcast.chunk(VIDEO, 2, 1).toUtf8());
    }
  }

  @Test
  void requestsForTheSame_askAgain_onceTheFirstWereAnswered() throws Exception {
    for (int question = 1; question <= 2; question++) {
      CompletableFuture<HttpResponse<String>> waiting = fixture.getAsync(FOLDER + "1.m4s");
      media.awaitQuestions(question);
      media.answer();
      assertThat(waiting.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void conditionalAndPartialRequests_areJudgedWhenTheMediaIsThere() throws Exception {
    CompletableFuture<HttpResponse<String>> known =
        fixture.client.sendAsync(
            fixture.request(FOLDER + "1.m4s").header("If-None-Match", "\"0-1\"").build(),
            HttpResponse.BodyHandlers.ofString());
    media.awaitQuestions(1);
    media.answer();
    assertThat(known.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(304);

    CompletableFuture<HttpResponse<String>> range =
        fixture.client.sendAsync(
            fixture.request(FOLDER + "1.m4s").header("Range", "bytes=1-6").build(),
            HttpResponse.BodyHandlers.ofString());
    media.awaitQuestions(2);
    media.answer();
    assertThat(range.get(10, TimeUnit.SECONDS).body()).isEqualTo("source");
  }

  @Test
  void storeThatCannotBeAsked_is503WithAMomentToComeBack_andNotForCaches() throws Exception {
    StoreUnavailableException away =
        new StoreUnavailableException("away", new IOException("refused"));
    for (Throwable failure : List.of(away, new CompletionException(away))) {
      int before = media.questions.get();
      CompletableFuture<HttpResponse<String>> waiting = fixture.getAsync(FOLDER + "1.m4s");
      media.awaitQuestions(before + 1);
      media.fail(failure);

      HttpResponse<String> response = waiting.get(10, TimeUnit.SECONDS);
      assertThat(response.statusCode()).isEqualTo(503);
      assertThat(response.body()).isEqualTo("The media cannot be read now; try again.\n");
      assertThat(response.headers().firstValue("retry-after")).contains("1");
      assertThat(response.headers().firstValue("cache-control")).contains("no-store");
      assertThat(response.headers().firstValue("access-control-allow-origin")).contains("*");
    }
    assertThat(fixture.metrics.count("refused media-unavailable")).isEqualTo(2);
    assertThat(fixture.metrics.failures).hasValue(0);
  }

  @Test
  void otherFailuresOfTheStore_areFaultsOfOurs() throws Exception {
    CompletableFuture<HttpResponse<String>> waiting = fixture.getAsync(FOLDER + "1.m4s");
    media.awaitQuestions(1);
    media.fail(new IllegalArgumentException("a bug"));

    HttpResponse<String> response = waiting.get(10, TimeUnit.SECONDS);
    assertThat(response.statusCode()).isEqualTo(500);
    assertThat(response.body()).doesNotContain("bug");
    assertThat(fixture.metrics.failures).hasValue(1);
  }

  @Test
  void storeThatNeverAnswers_isGivenUp_andAnswersNobodyLater() throws Exception {
    CompletableFuture<HttpResponse<String>> waiting = fixture.getAsync(FOLDER + "1.m4s");
    media.awaitQuestions(1);
    fixture.clock.advance(Duration.ofSeconds(10));

    assertThat(waiting.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(503);
    media.answer();

    letEachLoopAnswer();
    assertThat(fixture.metrics.count("answered SEGMENT 200")).isZero();
  }

  @Test
  void clientThatWentAwayMeanwhile_isNotAnswered() throws Exception {
    try (Socket _ = send("GET " + FOLDER + "1.m4s HTTP/1.1\r\nHost: x\r\n\r\n")) {
      media.awaitQuestions(1);
    }
    DeliveryFixture.await("no connection", () -> fixture.connections.get() == 0);

    media.answer();

    letEachLoopAnswer();
    assertThat(fixture.metrics.count("answered SEGMENT 200")).isZero();
    assertThat(fixture.metrics.failures).hasValue(0);
  }

  @Test
  void tokensThatAreJudgedLater_comeBeforeMediaThatComesLater() throws Exception {
    ScriptedGate gate = new ScriptedGate(Audience.TOKEN_HOLDERS);
    try (DeliveryFixture gated = new DeliveryFixture(gate, media::of)) {
      Broadcast _ = gated.broadcast().withVideo().segments(2).put();
      CompletableFuture<Verdict> verdict = new CompletableFuture<>();
      gate.later.put("secret", verdict);
      CompletableFuture<HttpResponse<String>> waiting =
          gated.getAsync("/p/secret" + FOLDER + "1.m4s");
      DeliveryFixture.await("a judgement", () -> !gate.judged.isEmpty());
      assertThat(media.questions).hasValue(0);

      verdict.complete(Verdict.MAY_WATCH);
      media.awaitQuestions(1);
      media.answer();

      assertThat(waiting.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    }
  }

  /// Vert.x deals connections to the loops in turn, so what their queues held before is done.
  private void letEachLoopAnswer() throws Exception {
    for (int i = 0; i < 2; i++) {
      try (Socket socket = send("GET /time HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")) {
        assertThat(socket.getInputStream().readAllBytes()).isNotEmpty();
      }
    }
  }

  private Socket send(String request) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), fixture.port);
    socket.setSoTimeout(10_000);
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    return socket;
  }
}
