package nova.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nova.app.process.NovaProcess;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A server with a database of its own, or that database, dies without a word.
class KilledServerIT {
  private static final Map<String, String> EMBEDDED = Map.of("NOVA_DATABASE_URL", "");

  @TempDir private Path folder;
  private final List<ProcessHandle> processes = new ArrayList<>();

  @AfterEach
  void endWhatIsLeft() {
    processes.forEach(
        process -> {
          boolean _ = process.destroyForcibly();
        });
  }

  @Test
  void serverKilled_nextOneClosesItsStream_andGoesOnWithItsDatabase() throws Exception {
    Path clip = Ffmpeg.clip(folder, "clip.flv", "640x360", 30, 10);
    String key;
    String token;
    JsonNode before;
    ProcessHandle postgres;
    try (NovaProcess nova = NovaProcess.start(folder, EMBEDDED)) {
      postgres = postgres();
      key = told(nova, "Stream key: +([a-z2-7]{32})");
      token = told(nova, "Token: +(nova_[a-z2-7]{32})");
      OperatorApi api = new OperatorApi(nova, token);
      try (Ffmpeg encoder = Ffmpeg.publish(clip, nova.rtmp("/live/" + key))) {
        String id = api.awaitActive("live").path("id").asText();
        before = api.await("/streams/" + id + "/metrics", KilledServerIT::isMeasured);
        JsonNode _ = // its worker runs
            api.await("/channels/live/playback", playback -> playback.hasNonNull("poster"));
        ProcessHandle server = ProcessHandle.of(nova.pid()).orElseThrow();
        processes.addAll(server.descendants().toList());
        assertThat(server.destroyForcibly()).isTrue();
        assertThat(encoder.awaitEnd()).isNotEmpty();
      }
      assertThat(nova.awaitExit()).isNotZero();
    }
    assertThat(postgres.isAlive()).as("PostgreSQL left behind").isTrue();

    try (NovaProcess nova = NovaProcess.start(folder, EMBEDDED)) {
      assertThat(postgres()).as("adopted").isEqualTo(postgres);
      assertThat(nova.err())
          .contains("stream closed: the server had stopped unexpectedly")
          .doesNotContain("Stream key:")
          .doesNotContain("Token:");
      OperatorApi api = new OperatorApi(nova, token);
      assertClosed(api, before);
      try (Ffmpeg encoder = Ffmpeg.publish(clip, nova.rtmp("/live/" + key))) {
        JsonNode live = api.awaitActive("live");
        assertThat(live.path("id").asText()).isNotEqualTo(before.path("stream").asText());
        processes.addAll(ProcessHandle.of(nova.pid()).orElseThrow().descendants().toList());
        encoder.stop();
        JsonNode ended = api.awaitEnded(live.path("id").asText());
        assertThat(ended.path("state").asText()).isEqualTo("ENDED_GRACEFULLY");
        assertThat(ended.path("receivedBytes").asLong()).isPositive();
      }
      nova.terminate();
      assertThat(nova.awaitExit()).isZero();
    }
    assertThat(processes).as("PostgreSQL, and workers").hasSizeGreaterThanOrEqualTo(2);
    for (ProcessHandle process : processes) {
      assertThat(process.onExit().get(30, TimeUnit.SECONDS)).isEqualTo(process);
    }
    assertThat(folder.resolve("nova-data/postgres/cluster/postmaster.pid")).doesNotExist();
  }

  @Test
  void databaseKilled_isStartedAgain_andTheServerIsReadyAgain() throws Exception {
    try (NovaProcess nova = NovaProcess.start(folder, EMBEDDED)) {
      ProcessHandle killed = postgres();
      assertThat(killed.destroyForcibly()).isTrue();
      ProcessHandle _ = killed.onExit().get(30, TimeUnit.SECONDS);
      nova.awaitErr("the embedded PostgreSQL runs again");
      String _ = nova.await("/health/ready", _ -> true);
      assertThat(postgres()).isNotEqualTo(killed);
      OperatorApi api = new OperatorApi(nova, nova.ownersToken());
      assertThat(api.get("/channels/live").ok(200).path("slug").asText()).isEqualTo("live");
      nova.terminate();
      assertThat(nova.awaitExit()).isZero();
      assertThat(nova.err())
          .contains("the embedded PostgreSQL has ended by itself")
          .doesNotContain("ERROR")
          .doesNotContain("\tat ");
    }
    for (ProcessHandle process : processes) {
      assertThat(process.onExit().get(30, TimeUnit.SECONDS)).isEqualTo(process);
    }
  }

  private static void assertClosed(OperatorApi api, JsonNode before) throws Exception {
    String id = before.path("stream").asText();
    JsonNode closed = api.get("/streams/" + id).ok(200);
    assertThat(closed.path("state").asText()).isEqualTo("ERROR");
    assertThat(closed.path("endReason").asText()).isEqualTo("The server stopped unexpectedly.");
    for (String total : List.of("receivedBytes", "receivedFrames")) {
      assertThat(closed.path(total).asLong())
          .as(total)
          .isGreaterThanOrEqualTo(before.path("points").path(0).path(total).asLong())
          .isPositive();
    }
    assertThat(Instant.parse(closed.path("endedAt").asText()))
        .isBetween(Instant.parse(closed.path("startedAt").asText()), Instant.now());
    List<String> actions =
        api.get("/audit?subject=stream:" + id).ok(200).path("entries").findValuesAsText("action");
    assertThat(actions).containsExactly("stream-error", "epoch-began", "stream-started");
  }

  private static boolean isMeasured(JsonNode series) {
    return series.path("points").path(0).path("receivedFrames").asLong() > 0;
  }

  /// The PostgreSQL of the data folder, which is to end with its server.
  private ProcessHandle postgres() throws IOException {
    Path file = folder.resolve("nova-data/postgres/cluster/postmaster.pid");
    ProcessHandle running =
        ProcessHandle.of(Long.parseLong(Files.readAllLines(file).getFirst().strip())).orElseThrow();
    if (!processes.contains(running)) {
      processes.add(running);
    }
    return running;
  }

  private static String told(NovaProcess nova, String pattern) throws IOException {
    Matcher told = Pattern.compile(pattern).matcher(nova.err());
    assertThat(told.find()).as("%s in%n%s", pattern, nova.err()).isTrue();
    return told.group(1);
  }
}
