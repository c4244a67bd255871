package nova.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import nova.app.process.NovaProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Broadcasts and viewers do not notice that the database is away, and afterwards it knows all.
class BroadcastWithoutDatabaseIT {
  private static final Logger log = LoggerFactory.getLogger(BroadcastWithoutDatabaseIT.class);

  /// Longer ones by hand, with `-Dnova.test.away-seconds=60`.
  private static final Duration AWAY =
      Duration.ofSeconds(Integer.getInteger("nova.test.away-seconds", 8));

  private static final Duration PATIENCE = Duration.ofSeconds(60); // for busy machines
  private static final String UNKNOWN = "a2".repeat(16);

  @TempDir private Path folder;
  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void databaseStopsAndReturns_broadcastsGoOn_andNothingOfThemIsLost() throws Exception {
    Path clip = Ffmpeg.clip(folder, "clip.flv", "320x180", 60, 10);
    try (SystemPostgres postgres = SystemPostgres.create();
        NovaProcess nova = NovaProcess.start(folder, postgres.environment())) {
      OperatorApi owner = new OperatorApi(nova, nova.ownersToken());
      String token =
          owner.post("/tokens", Map.of("scope", "admin")).ok(201).path("secret").asText();
      OperatorApi api = new OperatorApi(nova, token);
      String steadyKey = channel(api, "steady");
      String endingKey = channel(api, "ending");
      String beginningKey = channel(api, "beginning");
      try (Ffmpeg before = publish(nova, clip, beginningKey)) { // so that its key is known
        String over = api.awaitActive("beginning").path("id").asText();
        before.stop();
        JsonNode _ = api.awaitEnded(over);
      }

      try (Ffmpeg steadyEncoder = publish(nova, clip, steadyKey);
          Ffmpeg endingEncoder = publish(nova, clip, endingKey)) {
        String steady = api.awaitActive("steady").path("id").asText();
        String ending = api.awaitActive("ending").path("id").asText();
        URI playlist = nova.web("/hls/" + steady + "/source/index.m3u8");
        long firstNumber = awaitSegment(playlist, 1);

        Instant stoppedAt = Instant.now();
        long stoppedNs = System.nanoTime();
        postgres.stop();
        awaitReady(nova, 503);
        assertRefusedAsAway(nova, owner, api);
        assertThat(metrics(nova, token)).contains("nova_database_up 0.0");
        endingEncoder.stop();
        JsonNode _ = awaitPlayback(api, "ending", ending, "ended");
        try (Ffmpeg beginningEncoder = publish(nova, clip, beginningKey);
            Ffmpeg stranger = publish(nova, clip, UNKNOWN)) {
          assertThat(stranger.awaitEnd()).contains("cannot look up the stream key now");
          assertThat(metrics(nova, token)).contains(refused("database-away"));
          String beginning =
              api.await("/channels/beginning/playback", p -> is(p, "live")).path("stream").asText();
          while (System.nanoTime() - stoppedNs < AWAY.toNanos()) {
            TimeUnit.MILLISECONDS.sleep(100);
          }
          long awayNumber = awaitSegment(playlist, firstNumber + 3);
          assertThat(steadyEncoder.isAlive()).isTrue();

          postgres.start();
          Instant returnedAt = Instant.now();
          awaitReady(nova, 200);
          JsonNode system =
              api.await("/system", s -> s.path("counts").path("unwrittenEvents").asInt(-1) == 0);
          assertThat(system.path("database").asText()).isEqualTo("up");
          log.info(
              "away for {} ms, all written {} ms after it was started; {} segments meanwhile",
              Duration.between(stoppedAt, returnedAt).toMillis(),
              Duration.between(returnedAt, Instant.now()).toMillis(),
              awayNumber - firstNumber);
          long _ = awaitSegment(playlist, awayNumber + 1);

          JsonNode ended = api.get("/streams/" + ending).ok(200);
          assertThat(ended.path("state").asText()).isEqualTo("ENDED_GRACEFULLY");
          assertThat(Instant.parse(ended.path("endedAt").asText()))
              .isBetween(stoppedAt, returnedAt);
          assertThat(ended.path("receivedFrames").asLong()).isPositive();
          assertThat(
                  postgres.rows(
                      "SELECT received_frames, received_bytes FROM streams WHERE id = '%s'"
                          .formatted(ending)))
              .containsExactly(
                  ended.path("receivedFrames").asText()
                      + " "
                      + ended.path("receivedBytes").asText());
          JsonNode begun = api.awaitActive("beginning");
          assertThat(begun.path("id").asText()).isEqualTo(beginning);
          assertThat(Instant.parse(begun.path("startedAt").asText()))
              .isBetween(stoppedAt, returnedAt);
          assertThat(api.awaitActive("steady").path("id").asText()).isEqualTo(steady);
          assertToldOnce(postgres, ending, "StreamStarted", "EpochBegan", "StreamEnded");
          assertToldOnce(postgres, beginning, "StreamStarted", "EpochBegan");
          assertToldOnce(postgres, steady, "StreamStarted", "EpochBegan");
          awaitMeasured(postgres, steady, stoppedAt, returnedAt);

          JsonNode stopped = api.post("/streams/" + beginning + "/stop", Map.of()).ok(200);
          assertThat(stopped.path("state").asText()).isEqualTo("ENDED_GRACEFULLY");
          assertThat(beginningEncoder.awaitEnd()).isNotEmpty();
          assertToldOnce(postgres, beginning, "StreamStarted", "EpochBegan", "StreamEnded");
        }
        try (Ffmpeg stranger = publish(nova, clip, UNKNOWN)) {
          assertThat(stranger.awaitEnd()).contains("not known here");
        }
      }
      assertThat(nova.err())
          .contains("the database does not answer", "the database answers again")
          .doesNotContain("ERROR")
          .doesNotContain("\tat ");
    }
  }

  private static String channel(OperatorApi api, String slug) throws Exception {
    JsonNode _ = api.post("/channels", Map.of("slug", slug)).ok(201);
    return api.post("/channels/" + slug + "/stream-keys", Map.of()).ok(201).path("secret").asText();
  }

  private static Ffmpeg publish(NovaProcess nova, Path clip, String key) throws IOException {
    return Ffmpeg.publish(clip, nova.rtmp("/live/" + key));
  }

  private void assertRefusedAsAway(NovaProcess nova, OperatorApi owner, OperatorApi api)
      throws Exception {
    assertThat(nova.get("/health/live").statusCode()).isEqualTo(200);
    for (OperatorApi.Answer answer :
        List.of(
            owner.get("/channels"),
            api.get("/streams"),
            api.post("/channels", Map.of("slug", "more")),
            new OperatorApi(nova, "nova_" + UNKNOWN).get("/channels"))) {
      assertThat(answer.refused(503, "database-away").header("Retry-After")).matches("[1-9][0-9]?");
    }
    assertThat(api.get("/system").ok(200).path("database").asText()).isEqualTo("away");
  }

  private static JsonNode awaitPlayback(
      OperatorApi api, String channel, String stream, String state) throws Exception {
    JsonNode playback =
        api.await("/channels/" + channel + "/playback", answer -> is(answer, state));
    assertThat(playback.path("stream").asText()).isEqualTo(stream);
    return playback;
  }

  private static boolean is(JsonNode playback, String state) {
    return playback.path("state").asText().equals(state);
  }

  private static String refused(String reason) {
    return "nova_ingest_refused_total{reason=\"" + reason + "\"} 1.0";
  }

  /// The audit log has each of these once, in this order.
  private static void assertToldOnce(SystemPostgres postgres, String stream, String... types) {
    assertThat(
            postgres.rows(
                ("SELECT replace(initcap(replace(action, '-', ' ')), ' ', '') FROM audit WHERE"
                     + " subject_id = '%s' AND actor_kind IN ('publisher', 'system') ORDER BY id")
                    .formatted(stream)))
        .containsExactly(types);
  }

  /// What was measured while the database was away comes a few seconds after it.
  private static void awaitMeasured(
      SystemPostgres postgres, String stream, Instant since, Instant until) throws Exception {
    String sql =
        "SELECT count(*) FROM stream_metrics WHERE stream_id = '%s' AND at BETWEEN '%s' AND '%s'"
            .formatted(stream, since, until);
    long deadlineNs = System.nanoTime() + PATIENCE.toNanos();
    while (postgres.rows(sql).equals(List.of("0"))) {
      assertThat(System.nanoTime()).as(sql).isLessThan(deadlineNs);
      TimeUnit.MILLISECONDS.sleep(200);
    }
  }

  /// Waits for a complete segment of at least that number.
  private long awaitSegment(URI playlist, long number) throws Exception {
    long deadlineNs = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      HttpResponse<String> answer =
          http.send(HttpRequest.newBuilder(playlist).build(), BodyHandlers.ofString());
      long last = answer.statusCode() == 200 ? lastComplete(answer.body()) : -1;
      if (last >= number) {
        return last;
      }
      assertThat(System.nanoTime()).as(answer.body()).isLessThan(deadlineNs);
      TimeUnit.MILLISECONDS.sleep(200);
    }
  }

  private static long lastComplete(String playlist) {
    return LivePlaylist.read(playlist, List.of()).segments().stream()
        .filter(segment -> !segment.open())
        .mapToLong(LivePlaylist.Segment::number)
        .max()
        .orElse(-1);
  }

  private static void awaitReady(NovaProcess nova, int status) throws Exception {
    long deadlineNs = System.nanoTime() + PATIENCE.toNanos();
    while (nova.get("/health/ready").statusCode() != status) {
      assertThat(System.nanoTime()).as("/health/ready is %d", status).isLessThan(deadlineNs);
      TimeUnit.MILLISECONDS.sleep(100);
    }
  }

  private String metrics(NovaProcess nova, String token) throws Exception {
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(nova.web("/metrics"))
                .header("Authorization", "Bearer " + token)
                .build(),
            BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer.body();
  }
}
