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
                "Memory for what one stream has on its way to Kafka; beyond it the broadcaster is"
                    + " disconnected and may return.",
            byDefault = "32MiB")
        DataSize inFlightPerStream,
    @Setting(
            value =
                "Memory for what all streams of a process have on their way to Kafka; twice that"
                    + " must fit the Java heap of ingest.",
            byDefault = "128MiB")
        DataSize inFlight,
    @Setting(
            value = "What one reader holds of a stream; the rest it reads again from Kafka.",
            byDefault = "8MiB")
        DataSize readAhead,
    @Setting(
            value =
                "Memory for events that wait for Kafka, later ones are dropped; twice that must fit"
                    + " the Java heap.",
            byDefault = "8MiB")
        DataSize eventMemory,
    @Setting(
            "Further settings of Kafka's clients, such as security.protocol=SASL_SSL, each"
                + " NAME=VALUE; better in the environment than in a file.")
        List<String> properties) {
  /// What [KafkaClients] sets, and what would break what it relies on.
  private static final Set<String> OURS =
      Set.of(
          "acks",
          "allow.auto.create.topics",
          "auto.offset.reset",
          "batch.size",
          "bootstrap.servers",
          "buffer.memory",
          "client.id",
          "compression.type",
          "default.api.timeout.ms",
          "delivery.timeout.ms",
          "enable.auto.commit",
          "enable.idempotence",
          "fetch.max.wait.ms",
          "group.id",
          "group.protocol",
          "isolation.level",
          "key.deserializer",
          "key.serializer",
          "linger.ms",
          "max.block.ms",
          "max.partition.fetch.bytes",
          "max.request.size",
          "metadata.recovery.strategy",
          "partitioner.class",
          "partitioner.ignore.keys",
          "retries",
          "transactional.id",
          "value.deserializer",
          "value.serializer");

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
        DataSize.ofMiB(128),
        DataSize.ofMiB(8),
        DataSize.ofMiB(8),
        List.of());
  }

  /// What frames and events on their way to Kafka take of the heap at most.
  public DataSize outgoingMemory() {
    return new DataSize(frameBuffers() + eventMemory.bytes() + eventBuffers());
  }

  /// Kafka's client allocates whole batches, of which half may be empty when records are a little
  /// larger than the other half; and it keeps them for the next time.
  long frameBuffers() {
    return 2 * inFlight.bytes();
  }

  long eventBuffers() {
    return Math.max(eventMemory.bytes(), 4 * KafkaClients.BATCH_BYTES);
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
    String value = property.substring(at + 1).strip();
    if (name.equals("request.timeout.ms") && !value.matches("[1-9][0-9]{0,8}")) {
      throw new IllegalArgumentException(
          "properties has a %s that is none (expected: milliseconds)".formatted(name));
    }
  }

  /// Without the further settings, which hold passwords.
  @Override
  public String toString() {
    return "Kafka at %s, %d further properties".formatted(bootstrapServers, properties.size());
  }
}
