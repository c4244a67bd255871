package nova.backends.redis;

import static nova.backends.redis.TestConnections.await;
import static nova.backends.redis.TestConnections.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadFactory;
import java.util.stream.Collectors;
import nova.core.Epoch;
import nova.core.InProcessStreamEvents;
import nova.core.StreamEvent;
import nova.core.StreamEvent.EpochBegan;
import nova.core.StreamEvent.StreamEnded;
import nova.core.StreamEvent.StreamError;
import nova.core.StreamEvent.StreamMeasured;
import nova.core.StreamEvents;
import nova.core.StreamHealth;
import nova.core.StreamId;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// [RedisMetricsSnapshots], and [MeasurementsElsewhere] that tells what is in them.
class RedisMetricsSnapshotsTest {
  private static final StreamId SHOW = new StreamId("show1");
  private static final StreamId OTHER = new StreamId("other1");
  private static final Instant NOON = Instant.parse("2026-11-01T12:00:00.123456Z");

  private final ThreadFactory threads = Thread.ofPlatform().daemon().factory();
  @AutoClose private final TestRedis redis = new TestRedis();
  private final CountedMetrics metrics = new CountedMetrics();
  private RedisMetricsSnapshots ingest;
  private RedisMetricsSnapshots api;

  @BeforeEach
  void open() {
    ingest = open(Duration.ofSeconds(5));
    api = open(Duration.ofSeconds(5));
  }

  @Test
  void latestMeasurement_ofEachStream_isKnownElsewhere_asItWas() {
    ingest.onEvent(measured(SHOW, 0));
    ingest.onEvent(measured(OTHER, 5));
    ingest.onEvent(measured(SHOW, 1));

    await(
        "both",
        () ->
            await(api.list()).stream()
                .collect(Collectors.toSet())
                .equals(Set.of(measured(SHOW, 1), measured(OTHER, 5))));
  }

  @Test
  void streamThatIsOver_hasNoMeasurement() {
    ingest.onEvent(measured(SHOW, 0));
    ingest.onEvent(measured(OTHER, 0));
    await("both", () -> await(api.list()).size() == 2);

    ingest.onEvent(new StreamEnded(SHOW, NOON, "over", StreamHealth.NOTHING));
    ingest.onEvent(new StreamError(OTHER, NOON, "failed", Optional.empty()));

    await("none", () -> await(api.list()).isEmpty());
  }

  @Test
  void streamThatIsMeasuredNoMore_isForgotten() {
    RedisMetricsSnapshots brief = open(Duration.ofMillis(300));
    ingest.onEvent(measured(SHOW, 0));
    await("there", () -> await(api.list()).size() == 1);

    await("gone by itself", () -> await(brief.list()).isEmpty());
  }

  @Test
  void whatCannotBeRead_isLeftOut_andCounted() {
    try (Presence junk =
        new Presence(
            redis.connections(metrics),
            RedisArea.METRICS,
            "measured-streams",
            metrics,
            Duration.ofSeconds(5),
            threads)) {
      junk.announce("no stream!", text("{\"at\":\"" + NOON + "\",\"health\":{}}"));
      junk.announce("stream1", text("{"));
      junk.announce("stream2", text("{\"at\":\"yesterday\",\"health\":{}}"));
      junk.announce("stream3", text("{\"at\":\"" + NOON + "\"}"));
      junk.announce("stream4", text(" ".repeat(40_000)));
      ingest.onEvent(measured(SHOW, 0));
      await("all arrived", () -> await(junk.list()).size() == 6);

      assertThat(await(api.list())).containsExactly(measured(SHOW, 0));
      assertThat(metrics.count("malformed measurement")).isEqualTo(5);
    }
  }

  @Test
  void measurements_areToldOnce_asTheEventsThatTheyWere() {
    StreamEvents events = bus();
    List<StreamEvent> heard = new CopyOnWriteArrayList<>();
    follow(events);
    events.subscribe(heard::add);

    ingest.onEvent(measured(SHOW, 0));
    await("heard", () -> heard.equals(List.of(measured(SHOW, 0))));
    ingest.onEvent(measured(OTHER, 0));
    await("of the other too", () -> heard.contains(measured(OTHER, 0)));
    ingest.onEvent(measured(SHOW, 1));
    await("and the next", () -> heard.contains(measured(SHOW, 1)));

    assertThat(heard).hasSize(3);
  }

  @Test
  void measurement_ofTheEpochBefore_isNotTold() {
    StreamEvents events = bus();
    List<StreamEvent> heard = new CopyOnWriteArrayList<>();
    follow(events);
    EpochBegan began = new EpochBegan(SHOW, NOON.plusSeconds(10), new Epoch(2), List.of());
    events.publish(began);
    events.subscribe(heard::add);

    ingest.onEvent(measured(SHOW, 9));
    ingest.onEvent(measured(OTHER, 9));
    await("what is told meanwhile", () -> heard.contains(measured(OTHER, 9)));
    ingest.onEvent(measured(SHOW, 11));
    await("of the new epoch", () -> heard.contains(measured(SHOW, 11)));

    assertThat(heard).doesNotContain(measured(SHOW, 9));
  }

  @Test
  void redisThatIsAway_isCounted_andMeasurementsComeWhenItIsBack() {
    StreamEvents events = bus();
    List<StreamEvent> heard = new CopyOnWriteArrayList<>();
    events.subscribe(heard::add);
    follow(events);
    redis.server.stop();
    await("noticed by who reads", () -> metrics.count("failed measurements") > 0);
    ingest.onEvent(measured(SHOW, 0));
    await("and by who puts", () -> metrics.count("failed announce") > 0);

    redis.server.start();

    int[] second = {0};
    await(
        "told again",
        () -> {
          second[0]++;
          ingest.onEvent(measured(SHOW, second[0]));
          return !heard.isEmpty();
        });
  }

  private void follow(StreamEvents events) {
    MeasurementsElsewhere _ =
        redis.own(MeasurementsElsewhere.start(api, events, metrics, System::nanoTime, threads));
  }

  private static StreamEvents bus() {
    return new InProcessStreamEvents(
        (event, failure) -> {
          throw new AssertionError(event.toString(), failure);
        });
  }

  private static StreamMeasured measured(StreamId stream, int second) {
    return new StreamMeasured(
        stream,
        NOON.plusSeconds(second),
        new StreamHealth(
            2_900_000, 128_000, 29.97, 8_333, 1L << 40, 4_321, 3, second, List.of("Set \"2 s\".")));
  }

  private RedisMetricsSnapshots open(Duration ttl) {
    return redis.own(RedisMetricsSnapshots.open(redis.connections(metrics), metrics, ttl, threads));
  }
}
