package nova.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import nova.app.e2e.OperatorApi.Answer;
import nova.app.process.NovaProcess;
import nova.app.process.RunningNova;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What an operator does over the API and the command line, and what becomes of encoders and
/// viewers: the same on every database. One server for all tests; each has channels of its own.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class OperatorContract {
  private static final Logger log = LoggerFactory.getLogger(OperatorContract.class);
  private static final Pattern KEY_ALONE = Pattern.compile("[a-z2-7]{32}\n");
  private static final Pattern TOKEN_ALONE = Pattern.compile("nova_[a-z2-7]{32}\n");

  /// Of the promised 2 s; the rest is for busy machines.
  private static final Duration DROPPED_WITHIN = Duration.ofSeconds(10);

  private Path clip;
  private RunningNova nova;
  private OperatorApi api;
  private OperatorApi anonymous;
  private String apiToken;

  /// Starts what all tests use.
  abstract RunningNova start(Path directory) throws Exception;

  /// Ends it, and sees that it went well all the time.
  abstract void end() throws Exception;

  @BeforeAll
  void open(@TempDir Path directory) throws Exception {
    clip = Ffmpeg.clip(directory, "clip.flv", "320x180", 30, 10);
    nova = start(directory);
    apiToken = command(TOKEN_ALONE, "token", "create", "--scope", "admin", "--label", "operations");
    api = new OperatorApi(nova, apiToken);
    anonymous = new OperatorApi(nova, "");
  }

  @AfterAll
  void close() throws Exception {
    end();
  }

  /// Asks a process to end, and sees that nothing went wrong in it.
  static void assertEndsWell(NovaProcess process) throws Exception {
    process.terminate();
    int exit = process.awaitExit();
    process.close();
    assertThat(exit).isZero();
    assertThat(process.err()).doesNotContain("ERROR").doesNotContain("\tat ");
  }

  @Test
  void preparedBroadcast_goesLive_isMeasured_described_stopped_andKept() throws Exception {
    String made = command("channel", "create", "--slug", "show", "--title", "The show");
    assertThat(made).contains("show").contains("The show");
    assertThat(command("channel", "update", "show", "--listed", "false", "--json"))
        .contains("\"listed\" : false")
        .contains("The show");
    String key = command(KEY_ALONE, "key", "create", "--channel", "show", "--label", "studio");
    Answer prepared =
        api.post(
            "/streams", Map.of("channel", "show", "title", "Opening", "tags", List.of("first")));
    String id = prepared.ok(201).path("id").asText();
    assertThat(prepared.header("Location")).isEqualTo("/api/v1/streams/" + id);
    assertThat(prepared.body().path("state").asText()).isEqualTo("PENDING_INGEST");
    String path = "/streams/" + id;

    try (Ffmpeg encoder = publish(key)) {
      JsonNode live = api.awaitActive("show");
      assertThat(live.path("id").asText()).as("the prepared one").isEqualTo(id);
      assertThat(live.path("title").asText()).isEqualTo("Opening");
      assertThat(live.path("codecs").asText()).contains("avc1.").contains("mp4a.40.2");
      JsonNode playback = anonymous.get("/channels/show/playback").ok(200);
      assertThat(playback.path("state").asText()).isEqualTo("live");
      assertThat(playback.path("stream").asText()).isEqualTo(id);
      assertThat(playback.path("title").asText()).isEqualTo("The show");
      assertThat(api.get("/channels/show").ok(200).path("liveStream").asText()).isEqualTo(id);
      assertThat(command("stream", "list", "--live")).contains(id).contains("ACTIVE");

      JsonNode point = lastPoint(api.await(path + "/metrics", OperatorContract::isMeasured));
      assertThat(point.path("receivedFrames").asLong()).isPositive();
      assertThat(point.path("audioBitrateBps").asLong()).isPositive();

      Answer read = api.get(path);
      Answer renamed = api.patch(path, read.header("ETag"), Map.of("title", "Second half"));
      assertThat(renamed.ok(200).path("title").asText()).isEqualTo("Second half");
      assertThat(renamed.header("ETag")).isNotEqualTo(read.header("ETag"));
      var _ =
          api.patch(path, read.header("ETag"), Map.of("title", "Too late"))
              .refused(412, "changed-meanwhile");

      JsonNode stopped = api.post(path + "/stop", Map.of("reason", "That was all.")).ok(200);
      assertThat(stopped.path("state").asText()).isEqualTo("ENDED_GRACEFULLY");
      assertThat(encoder.awaitEnd()).isNotEmpty();
    }

    JsonNode kept = only(api.get("/streams?channel=show").ok(200).path("streams"));
    assertThat(kept.path("id").asText()).isEqualTo(id);
    assertThat(kept.path("title").asText()).isEqualTo("Second half");
    assertThat(kept.path("endReason").asText()).isEqualTo("That was all.");
    assertThat(kept.path("source").path("address").asText()).isEqualTo("127.0.0.1");
    assertThat(duration(kept)).isBetween(Duration.ofSeconds(1), Duration.ofMinutes(2));
    assertTotals(kept);
    assertThat(command("stream", "show", id)).contains("That was all.").contains("Second half");
    var _ = api.post(path + "/stop", Map.of()).refused(409, "stream-is-over");
    assertThat(audit("stream:" + id))
        .containsExactly(
            "stream-prepared token operations",
            "stream-started publisher",
            "epoch-began publisher",
            "stream-updated token operations",
            "stream-stopped token operations",
            "stream-ended publisher");
  }

  /// What memory has, what the database was told, and what was measured on the way are one story.
  private void assertTotals(JsonNode stream) throws Exception {
    String id = stream.path("id").asText();
    long bytes = stream.path("receivedBytes").asLong();
    long frames = stream.path("receivedFrames").asLong();
    assertThat(frames).isPositive();
    JsonNode told =
        api.get("/audit?action=stream-ended&subject=stream:" + id)
            .ok(200)
            .path("entries")
            .path(0)
            .path("details");
    assertThat(told.path("receivedBytes").asLong()).isEqualTo(bytes).isPositive();
    assertThat(told.path("receivedFrames").asLong()).isEqualTo(frames);
    assertThat(told.path("durationMs").asLong())
        .isCloseTo(duration(stream).toMillis(), within(1L)); // its ends are rounded
    JsonNode last = lastPoint(api.get("/streams/" + id + "/metrics").ok(200));
    assertThat(last.path("receivedBytes").asLong()).as("measured last").isBetween(1L, bytes);
  }

  private static boolean isMeasured(JsonNode series) {
    return lastPoint(series).path("videoBitrateBps").asLong() > 0;
  }

  private static JsonNode lastPoint(JsonNode series) {
    return series.path("points").path(series.path("points").size() - 1);
  }

  @Test
  void rotatedKey_worksOnForTheOverlap_andWithoutOneItsBroadcastEndsAtOnce() throws Exception {
    JsonNode _ = api.post("/channels", Map.of("slug", "rotated")).ok(201);
    JsonNode first = api.post("/channels/rotated/stream-keys", Map.of("label", "a")).ok(201);

    JsonNode second = rotate(first, Map.of("overlapSeconds", 3_600));
    assertThat(second.path("replaces").asText()).isEqualTo(first.path("id").asText());
    assertThat(second.path("label").asText()).isEqualTo("a");
    for (JsonNode key : List.of(first, second)) {
      try (Ffmpeg encoder = publish(secret(key))) {
        JsonNode live = api.awaitActive("rotated");
        assertThat(live.path("streamKey").asText()).isEqualTo(key.path("id").asText());
        encoder.stop();
        JsonNode _ = api.awaitEnded(live.path("id").asText());
      }
    }

    JsonNode third;
    try (Ffmpeg encoder = publish(secret(second))) {
      String live = api.awaitActive("rotated").path("id").asText();
      long startNs = System.nanoTime();
      third = rotate(second, Map.of("overlapSeconds", 0));
      assertDropped(encoder, startNs, "rotated");
      assertThat(api.awaitEnded(live).path("endReason").asText())
          .isEqualTo("The stream key was replaced by another.");
    }
    assertRefused(secret(second), "revoked-key", "was revoked");
    try (Ffmpeg _ = publish(secret(third))) {
      assertThat(api.awaitActive("rotated").path("streamKey").asText())
          .isEqualTo(third.path("id").asText());
    }
    String listed = command("key", "list", "--channel", "rotated");
    assertThat(listed).contains("active").contains("revoked").doesNotContain(secret(third));
    assertThat(audit("stream-key:" + second.path("id").asText()))
        .containsExactly("stream-key-rotated token operations");
  }

  @Test
  void key_isRefusedFromElsewhere_whenUnknown_andAfterItWasRevoked_withTheReason()
      throws Exception {
    JsonNode _ = api.post("/channels", Map.of("slug", "guarded")).ok(201);
    String elsewhere =
        command(KEY_ALONE, "key", "create", "--channel", "guarded", "--network", "192.0.2.0/24");
    assertRefused(elsewhere, "network-not-allowed", "may not be used from 127.0.0.1");
    assertRefused("a2".repeat(16), "unknown-key", "not known here");

    JsonNode key =
        api.post("/channels/guarded/stream-keys", Map.of("allowedNetworks", List.of("127.0.0.0/8")))
            .ok(201);
    String id = key.path("id").asText();
    try (Ffmpeg encoder = publish(secret(key))) {
      String live = api.awaitActive("guarded").path("id").asText();
      JsonNode used = api.get("/stream-keys/" + id).ok(200);
      assertThat(used.path("lastUsedFrom").asText()).isEqualTo("127.0.0.1");
      assertThat(used.has("secret")).isFalse();
      long startNs = System.nanoTime();
      JsonNode revoked = api.post("/stream-keys/" + id + "/revoke", Map.of()).ok(200);
      assertThat(revoked.path("state").asText()).isEqualTo("revoked");
      assertDropped(encoder, startNs, "revoked");
      assertThat(api.awaitEnded(live).path("endReason").asText())
          .isEqualTo("The stream key was revoked.");
    }
    assertRefused(secret(key), "revoked-key", "was revoked");
    assertThat(audit("stream-key:" + id))
        .containsExactly(
            "stream-key-created token operations", "stream-key-revoked token operations");
  }

  @Test
  void token_opensWhatItsScopeAndItsChannelSay_andNothingAfterItWasRevoked() throws Exception {
    for (String slug : List.of("ours", "theirs")) {
      JsonNode _ = api.post("/channels", Map.of("slug", slug)).ok(201);
      JsonNode _ = api.post("/streams", Map.of("channel", slug)).ok(201);
    }
    var _ = anonymous.get("/channels").refused(401, "token-required");
    var _ =
        new OperatorApi(nova, "nova_" + "a2".repeat(16))
            .get("/channels")
            .refused(401, "invalid-token");

    OperatorApi viewer = with(token(Map.of("scope", "viewer")));
    JsonNode _ = viewer.get("/channels/theirs").ok(200);
    var _ = viewer.post("/channels", Map.of("slug", "more")).refused(403, "insufficient-scope");
    var _ = viewer.get("/channels/ours/stream-keys").refused(403, "insufficient-scope");
    var _ = viewer.get("/audit").refused(403, "insufficient-scope");

    JsonNode limited = token(Map.of("scope", "operator", "channel", "ours", "label", "guest"));
    OperatorApi guest = with(limited);
    assertThat(only(guest.get("/channels").ok(200).path("channels")).path("slug").asText())
        .isEqualTo("ours");
    assertThat(only(guest.get("/streams").ok(200).path("streams")).path("channel").asText())
        .isEqualTo("ours");
    var _ = guest.get("/channels/theirs").refused(404, "unknown-channel");
    var _ = guest.get("/streams/theirs").refused(404, "unknown-stream");
    var _ = guest.post("/streams", Map.of("channel", "theirs")).refused(404, "unknown-channel");
    var _ = guest.post("/channels", Map.of("slug", "more")).refused(403, "token-of-one-channel");
    JsonNode key = guest.post("/channels/ours/stream-keys", Map.of()).ok(201);
    assertThat(audit("stream-key:" + key.path("id").asText()))
        .containsExactly("stream-key-created token guest");

    JsonNode _ =
        api.post("/tokens/%s/revoke".formatted(limited.path("id").asText()), Map.of()).ok(200);
    var _ = guest.get("/channels").refused(401, "invalid-token");
    assertThat(audit("token:" + limited.path("id").asText()))
        .containsExactly("token-created token operations", "token-revoked token operations");
    assertThat(api.get("/audit?action=token-created&limit=200").ok(200).toString())
        .contains("\"kind\":\"local\"")
        .contains("\"kind\":\"system\"")
        .doesNotContain(secret(limited))
        .doesNotContain(apiToken);
  }

  @Test
  void system_tellsOfItself() throws Exception {
    JsonNode system = api.get("/system").ok(200);
    assertThat(system.path("database").asText()).isEqualTo("up");
    assertThat(system.path("version").asText()).startsWith("0.");
    assertThat(Instant.parse(system.path("startedAt").asText())).isBefore(Instant.now());
    assertThat(system.path("limits").path("bodyBytes").asInt()).isPositive();
    assertThat(nova.get("/health/ready").statusCode()).isEqualTo(200);
  }

  private Ffmpeg publish(String key) throws IOException {
    return Ffmpeg.publish(clip, nova.rtmp("/live/" + key));
  }

  private static void assertDropped(Ffmpeg encoder, long startNs, String why) throws Exception {
    assertThat(encoder.awaitEnd()).isNotEmpty();
    Duration took = Duration.ofNanos(System.nanoTime() - startNs);
    log.info("an encoder ended {} ms after its key was {}", took.toMillis(), why);
    assertThat(took).isLessThan(DROPPED_WITHIN);
  }

  private void assertRefused(String key, String reason, String sentence) throws Exception {
    double before = refusals(reason);
    try (Ffmpeg encoder = publish(key)) {
      assertThat(encoder.awaitEnd()).contains(sentence);
    }
    assertThat(refusals(reason)).isEqualTo(before + 1);
  }

  private double refusals(String reason) throws Exception {
    Matcher counter =
        Pattern.compile("nova_ingest_refused_total\\{reason=\"" + reason + "\"} ([0-9.E]+)")
            .matcher(nova.metrics());
    return counter.find() ? Double.parseDouble(counter.group(1)) : 0;
  }

  private JsonNode rotate(JsonNode key, Map<String, ?> body) throws Exception {
    return api.post("/stream-keys/%s/rotate".formatted(key.path("id").asText()), body).ok(201);
  }

  private JsonNode token(Map<String, ?> body) throws Exception {
    return api.post("/tokens", body).ok(201);
  }

  private OperatorApi with(JsonNode token) {
    return new OperatorApi(nova, secret(token));
  }

  private static String secret(JsonNode issued) {
    return issued.path("secret").asText();
  }

  /// What was done with something and by whom, in order.
  private List<String> audit(String subject) throws Exception {
    JsonNode entries = api.get("/audit?subject=" + subject).ok(200).path("entries");
    return StreamSupport.stream(entries.spliterator(), false)
        .map(
            entry ->
                "%s %s %s"
                    .formatted(
                        entry.path("action").asText(),
                        entry.path("actor").path("kind").asText(),
                        entry.path("actor").path("label").asText())
                    .strip())
        .toList()
        .reversed();
  }

  private static JsonNode only(JsonNode list) {
    assertThat(list).hasSize(1);
    return list.path(0);
  }

  private static Duration duration(JsonNode stream) {
    return Duration.between(
        Instant.parse(stream.path("startedAt").asText()),
        Instant.parse(stream.path("endedAt").asText()));
  }

  /// What a command that only prints a secret prints.
  private String command(Pattern alone, String... words) throws Exception {
    String out = command(words);
    assertThat(out).matches(alone);
    return out.strip();
  }

  /// What a command that goes well prints on stdout.
  private String command(String... words) throws Exception {
    try (NovaProcess command = nova.command(words)) {
      assertThat(command.awaitExit()).as(command.err()).isZero();
      return command.out();
    }
  }
}
