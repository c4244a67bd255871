package nova.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import nova.api.http.ApiLimits;
import nova.control.database.TestDatabase;
import nova.core.ChannelSlug;
import nova.core.Epoch;
import nova.core.StreamEvent;
import nova.core.StreamHealth;
import nova.core.StreamId;
import nova.core.StreamState;
import nova.testkit.Seeds;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What operators ask and broadcasters do, in any order, against a model of the states of streams.
class StreamLivesApiTest {
  @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

  private static final ApiConfig UNLIMITED =
      new ApiConfig("", "", Duration.ofMinutes(10), 4_096, new ApiLimits(1_000_000, 1_000_000, 20));
  private static final int RUNS = 6;
  private static final int STEPS = 30;

  @Test
  void anyCalls_inAnyOrder_leadToTheStatesOfTheModel() {
    try (ApiServer server = new ApiServer(DATABASE, UNLIMITED)) {
      Seeds.each(
          RUNS,
          random -> {
            Run run = new Run(server, random);
            for (int i = 0; i < STEPS; i++) {
              run.step();
              run.compare();
            }
          });
    }
  }

  /// One channel, as it should be.
  private static final class Run {
    private final ApiServer server;
    private final Random random;
    private final String slug;
    private final Map<String, StreamState> states = new LinkedHashMap<>();
    private final Map<String, Long> versions = new LinkedHashMap<>();
    private @Nullable String prepared;
    private @Nullable String live;
    private int epoch;

    Run(ApiServer server, Random random) {
      this.server = server;
      this.random = random;
      this.slug = "model-" + Long.toString(random.nextLong() >>> 1, 36);
      var _ = server.channel(slug);
    }

    void step() {
      server.clock.advance(Duration.ofMillis(1 + random.nextInt(2_000)));
      switch (random.nextInt(10)) {
        case 0, 1 -> prepare();
        case 2, 3 -> begin();
        case 4 -> epoch();
        case 5 -> lose();
        case 6 -> end();
        case 7 -> stop();
        case 8 -> patch();
        case 9 -> deleteWhileLive();
        default -> throw new IllegalStateException();
      }
      server.settle();
    }

    private void prepare() {
      HttpResponse<String> answer =
          server.ask(
              "POST", "/api/v1/streams", server.operator, "{\"channel\":\"%s\"}".formatted(slug));
      if (prepared != null) {
        assertRefused(answer, 409, "stream-already-prepared");
        return;
      }
      assertThat(answer.statusCode()).isEqualTo(201);
      prepared = ApiServer.json(answer).path("id").asText();
      states.put(prepared, StreamState.PENDING_INGEST);
      versions.put(prepared, 1L);
    }

    private void begin() {
      if (live != null) {
        return; // ingest has one at a time
      }
      live = prepared == null ? StreamId.random(random).value() : prepared;
      prepared = null;
      epoch = 0;
      states.put(live, StreamState.PENDING_INGEST);
      Long _ = versions.putIfAbsent(live, 1L);
      server.events.publish(
          new StreamEvent.StreamStarted(
              new StreamId(live),
              server.clock.instant(),
              new ChannelSlug(slug),
              "203.0.113.7",
              "OBS",
              Optional.empty()));
    }

    private void epoch() {
      if (live == null) {
        return;
      }
      states.put(live, StreamState.ACTIVE);
      server.events.publish(
          new StreamEvent.EpochBegan(
              new StreamId(live), server.clock.instant(), new Epoch(epoch++), List.of()));
    }

    private void lose() {
      if (live == null || states.get(live) != StreamState.ACTIVE) {
        return;
      }
      states.put(live, StreamState.RECONNECTING);
      server.events.publish(
          new StreamEvent.StreamRecovering(
              new StreamId(live),
              server.clock.instant(),
              "The connection was lost.",
              server.clock.instant().plusSeconds(30)));
    }

    private void end() {
      if (live == null) {
        return;
      }
      boolean graceful = random.nextBoolean();
      StreamId id = new StreamId(live);
      states.put(live, graceful ? StreamState.ENDED_GRACEFULLY : StreamState.ERROR);
      live = null;
      server.events.publish(
          graceful
              ? new StreamEvent.StreamEnded(
                  id, server.clock.instant(), "Goodbye.", StreamHealth.NOTHING)
              : new StreamEvent.StreamError(
                  id, server.clock.instant(), "It failed.", Optional.of(StreamHealth.NOTHING)));
    }

    private void stop() {
      String id = any();
      HttpResponse<String> answer =
          server.ask("POST", "/api/v1/streams/" + id + "/stop", server.operator, "{}");
      @Nullable StreamState before = states.get(id);
      if (before == null) {
        assertRefused(answer, 404, "unknown-stream");
      } else if (before.isOver()) {
        assertRefused(answer, 409, "stream-is-over");
      } else {
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(ApiServer.json(answer).path("state").asText()).isEqualTo("ENDED_GRACEFULLY");
        states.put(id, StreamState.ENDED_GRACEFULLY);
        prepared = id.equals(prepared) ? null : prepared;
        live = id.equals(live) ? null : live;
      }
    }

    private void patch() {
      String id = any();
      @Nullable Long version = versions.get(id);
      boolean stale = random.nextBoolean();
      String tag = version == null ? "\"1\"" : "\"%d\"".formatted(stale ? version + 1 : version);
      String title = Long.toString(random.nextLong());
      HttpResponse<String> answer =
          server.ask(
              "PATCH",
              "/api/v1/streams/" + id,
              server.operator,
              "{\"title\":\"%s\"}".formatted(title),
              "If-Match",
              tag);
      if (version == null) {
        assertRefused(answer, 404, "unknown-stream");
      } else if (stale) {
        assertRefused(answer, 412, "changed-meanwhile");
      } else {
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(ApiServer.json(answer).path("title").asText()).isEqualTo(title);
        versions.put(id, version + 1);
      }
    }

    private void deleteWhileLive() {
      if (live != null) {
        assertRefused(
            server.ask("DELETE", "/api/v1/channels/" + slug, server.operator, null),
            409,
            "channel-is-live");
      }
    }

    /// One of the streams, or one that is unknown.
    private String any() {
      List<String> ids = new ArrayList<>(states.keySet());
      ids.add(StreamId.random(random).value());
      return ids.get(random.nextInt(ids.size()));
    }

    void compare() {
      JsonNode answer = server.json("/api/v1/streams?limit=200&channel=" + slug);
      Map<String, StreamState> found = new LinkedHashMap<>();
      for (JsonNode stream : answer.path("streams")) {
        String id = stream.path("id").asText();
        found.put(id, StreamState.valueOf(stream.path("state").asText()));
        assertThat(stream.path("version").asLong()).isEqualTo(versions.get(id));
        assertThat(stream.has("endedAt")).isEqualTo(found.get(id).isOver());
      }
      assertThat(found).containsExactlyInAnyOrderEntriesOf(states);
    }

    private static void assertRefused(HttpResponse<String> answer, int status, String reason) {
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
      assertThat(ApiServer.json(answer).path("reason").asText()).isEqualTo(reason);
    }
  }
}
