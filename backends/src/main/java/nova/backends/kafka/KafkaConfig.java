package nova.backends.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import nova.core.DataSize;
import nova.core.Setting;

/// Where Kafka is, and how it is used.
///
/// *Immutable.*
///
/// @param bootstrapServers `HOST:PORT`, several with commas between
/// @param topicPrefix before the names of all topics
/// @param createTopics whether missing topics are made
/// @param partitions of topics that are made
/// @param retention how long frames are kept
/// @param retentionSize what one partition of frames holds at most
/// @param message the largest record; what is larger is written in pieces
/// @param linger how long a record waits for others to share a request
/// @param inFlightPerStream what one stream may have on its way to Kafka
/// @param inFlight what all streams of a process may have on their way to Kafka
/// @param readAhead what one reader holds; what comes then it reads again from Kafka
/// @param eventMemory events that wait for Kafka; later ones are dropped
/// @param properties further settings of Kafka's clients, each `NAME=VALUE`; never logged
public record KafkaConfig(
    @Setting(
            value = "Brokers to begin with, as HOST:PORT, several with commas between.",
            byDefault = "localhost:9092")
        String bootstrapServers,
    @Setting(
            value =
                "Begins the names of the topics stream-frames, stream-frames-index and"
                    + " stream-events, so that several installations share a cluster.",
            byDefault = "")
        String topicPrefix,
    @Setting(
            value = "Whether missing topics are made; otherwise they are only checked.",
            byDefault = "true")
        boolean createTopics,
    @Setting(value = "Partitions of topics that are made.", byDefault = "12") int partitions,
    @Setting(
            value = "How long topics that are made keep frames; longer than rtmp.grace.",
            byDefault = "10m")
        Duration retention,
    @Setting(
            value = "What topics that are made keep in one partition of frames at most.",
            byDefault = "2GiB")
        DataSize retentionSize,
    @Setting(value = "Largest record; larger frames are written in pieces.", byDefault = "1MiB")
        DataSize message,
    @Setting(
            value = "How long a record waits for others to share a request; 0s to 100ms.",
            byDefault = "0s")
        Duration linger,
    @Setting(
            value =
                "What one stream may have on its way to Kafka; beyond it the broadcaster is"
                    + " disconnected and may return.",
            byDefault = "32MiB")
        DataSize inFlightPerStream,
    @Setting(
            value = "What all streams of a process may have on their way to Kafka.",
            byDefault = "256MiB")
        DataSize inFlight,
    @Setting(
            value = "What one reader holds of a stream; the rest it reads again from Kafka.",
            byDefault = "8MiB")
        DataSize readAhead,
    @Setting(
            value = "Memory for events that wait for Kafka; later ones are dropped.",
            byDefault = "8MiB")
        DataSize eventMemory,
    @Setting(
            "Further settings of Kafka's clients, such as security.protocol=SASL_SSL, each"
                + " NAME=VALUE; better in the environment than in a file.")
        List<String> properties) {
  private static final Set<String> OURS =
      Set.of(
          "bootstrap.servers",
          "acks",
          "enable.idempotence",
          "transactional.id",
          "max.block.ms",
          "delivery.timeout.ms",
          "buffer.memory",
          "compression.type",
          "linger.ms",
          "max.request.size",
          "key.serializer",
          "value.serializer",
          "key.deserializer",
          "value.deserializer",
          "group.id",
          "group.protocol",
          "enable.auto.commit",
          "auto.offset.reset",
          "isolation.level",
          "client.id");

  public KafkaConfig {
    properties = List.copyOf(properties);
    if (bootstrapServers.isBlank()) {
      throw new IllegalArgumentException("bootstrap-servers is empty (expected: HOST:PORT)");
    }
    if (!topicPrefix.matches("[a-zA-Z0-9._-]{0,100}")) {
      throw new IllegalArgumentException(
          "topic-prefix '%s' (expected: at most 100 of a-z, A-Z, 0-9, '.', '_' and '-')"
              .formatted(topicPrefix));
    }
    if (partitions < 1 || partitions > 1_000) {
      throw new IllegalArgumentException("partitions %d (expected: 1..1000)".formatted(partitions));
    }
    requireBetween("retention", retention, Duration.ofMinutes(1), Duration.ofDays(7));
    requireBetween("linger", linger, Duration.ZERO, Duration.ofMillis(100));
    requireBetween("retention-size", retentionSize, DataSize.ofMiB(16), DataSize.ofMiB(1 << 20));
    requireBetween("message", message, DataSize.ofKiB(64), DataSize.ofMiB(64));
    requireBetween("in-flight-per-stream", inFlightPerStream, DataSize.ofMiB(1), inFlight);
    requireBetween("in-flight", inFlight, DataSize.ofMiB(1), DataSize.ofMiB(16 << 10));
    requireBetween("read-ahead", readAhead, DataSize.ofKiB(64), DataSize.ofMiB(1 << 10));
    requireBetween("event-memory", eventMemory, DataSize.ofKiB(64), DataSize.ofMiB(1 << 10));
    properties.forEach(KafkaConfig::requireProperty);
  }

  /// A broker on this machine.
  public static KafkaConfig defaults() {
    return new KafkaConfig(
        "localhost:9092",
        "",
        true,
        12,
        Duration.ofMinutes(10),
        DataSize.ofMiB(2_048),
        DataSize.ofMiB(1),
        Duration.ZERO,
        DataSize.ofMiB(32),
        DataSize.ofMiB(256),
        DataSize.ofMiB(8),
        DataSize.ofMiB(8),
        List.of());
  }

  private static void requireBetween(String name, Duration value, Duration least, Duration most) {
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      throw new IllegalArgumentException(
          "%s %s (expected: %s to %s)".formatted(name, value, least, most));
    }
  }

  private static void requireBetween(String name, DataSize value, DataSize least, DataSize most) {
    if (value.bytes() < least.bytes() || value.bytes() > most.bytes()) {
      throw new IllegalArgumentException(
          "%s %s (expected: %s to %s)".formatted(name, value, least, most));
    }
  }

  /// Says nothing of a value, which may be a secret.
  private static void requireProperty(String property) {
    int at = property.indexOf('=');
    if (at < 1) {
      throw new IllegalArgumentException("an entry of properties (expected: NAME=VALUE)");
    }
    String name = property.substring(0, at).strip();
    if (OURS.contains(name)) {
      throw new IllegalArgumentException(
          "properties has %s, which Nova sets itself (expected: others)".formatted(name));
    }
  }

  /// Without the further settings, which hold passwords.
  @Override
  public String toString() {
    return "Kafka at %s, %d further properties".formatted(bootstrapServers, properties.size());
  }
}
