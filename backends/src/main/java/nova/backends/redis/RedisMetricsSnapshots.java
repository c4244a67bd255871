package nova.backends.redis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadFactory;
import nova.backends.json.StreamHealthJson;
import nova.core.Bytes;
import nova.core.StreamEvent;
import nova.core.StreamEvent.StreamEnded;
import nova.core.StreamEvent.StreamError;
import nova.core.StreamEvent.StreamMeasured;
import nova.core.StreamEvents;
import nova.core.StreamId;

/// What was measured last of each stream: put by the ingest node that has it, every second, and
/// gone five seconds after it fell silent. Within one process the bus of events tells the same.
///
/// As a subscriber it puts what this node's own events say; while Redis is away that is lost, as
/// the next measurement replaces it.
///
/// *Thread-safe.*
public final class RedisMetricsSnapshots implements StreamEvents.Subscriber, AutoCloseable {
  private static final Duration TTL = Duration.ofSeconds(5);
  private static final int LONGEST = 32 << 10; // of what is said of a stream
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private final Presence presence;
  private final RedisMetrics metrics;

  private RedisMetricsSnapshots(Presence presence, RedisMetrics metrics) {
    this.presence = presence;
    this.metrics = metrics;
  }

  /// Opens them.
  ///
  /// @throws RedisStartException when Redis cannot be used
  public static RedisMetricsSnapshots open(
      RedisConnections connections, RedisMetrics metrics, ThreadFactory threads) {
    return open(connections, metrics, TTL, threads);
  }

  static RedisMetricsSnapshots open(
      RedisConnections connections, RedisMetrics metrics, Duration ttl, ThreadFactory threads) {
    return new RedisMetricsSnapshots(
        new Presence(connections, RedisArea.METRICS, "measured-streams", metrics, ttl, threads),
        metrics);
  }

  @Override
  public void onEvent(StreamEvent event) {
    switch (event) {
      case StreamMeasured measured -> presence.announce(measured.stream().value(), write(measured));
      case StreamEnded ended -> presence.remove(ended.stream().value());
      case StreamError error -> presence.remove(error.stream().value());
      default -> {}
    }
  }

  /// The latest measurement of each stream, in one round trip. Fails when Redis cannot be asked.
  public CompletionStage<List<StreamMeasured>> list() {
    return presence
        .list()
        .thenApply(
            found -> {
              List<StreamMeasured> measurements = new ArrayList<>();
              for (Map.Entry<String, Bytes> one : found.entrySet()) {
                Optional<StreamMeasured> measured = read(one.getKey(), one.getValue());
                measured.ifPresentOrElse(measurements::add, () -> metrics.malformed("measurement"));
              }
              return List.copyOf(measurements);
            });
  }

  private static Bytes write(StreamMeasured measured) {
    ObjectNode json = MAPPER.createObjectNode().put("at", measured.at().toString());
    json.set("health", StreamHealthJson.write(measured.health()));
    return Bytes.ofUtf8(json.toString());
  }

  private static Optional<StreamMeasured> read(String stream, Bytes bytes) {
    if (bytes.length() > LONGEST || !StreamId.isValid(stream)) {
      return Optional.empty();
    }
    try {
      JsonNode json = MAPPER.readTree(bytes.toByteArray());
      return Optional.of(
          new StreamMeasured(
              new StreamId(stream),
              Instant.parse(json.required("at").textValue()),
              StreamHealthJson.read(json.required("health"))));
    } catch (IOException | RuntimeException _) {
      return Optional.empty(); // no JSON, or a value that none of its kind can have
    }
  }

  /// Puts no more.
  @Override
  public void close() {
    presence.close();
  }
}
