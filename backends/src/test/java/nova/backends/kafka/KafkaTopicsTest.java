package nova.backends.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import nova.cluster.EmbeddedKafka;
import nova.core.DataSize;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KafkaTopicsTest {
  private final EmbeddedKafka kafka = EmbeddedKafka.shared();
  private final String prefix = EmbeddedKafka.newPrefix();
  private Admin admin;

  @BeforeEach
  void open() {
    admin = kafka.admin();
  }

  @AfterEach
  void close() {
    admin.close();
  }

  @Test
  void missingTopics_areMade_withSaneSettings() throws Exception {
    assertThat(ensure(true)).isEmpty();

    TopicDescription frames = describe("stream-frames");
    assertThat(frames.partitions()).hasSize(12);
    assertThat(frames.partitions().getFirst().replicas()).hasSize(1); // of one broker
    assertThat(describe("stream-frames-index").partitions()).hasSize(1);
    assertThat(describe("stream-events").partitions()).hasSize(12);
    Config settings = settings("stream-frames");
    assertThat(settings.get("retention.ms").value()).isEqualTo("600000");
    assertThat(settings.get("retention.bytes").value()).isEqualTo("2147483648");
    assertThat(settings.get("max.message.bytes").value()).isEqualTo("1049600");
    assertThat(settings.get("message.timestamp.type").value()).isEqualTo("LogAppendTime");
    assertThat(settings.get("compression.type").source())
        .as("not left to the brokers")
        .isEqualTo(ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG);
    assertThat(settings.get("compression.type").value()).isEqualTo("producer");
    assertThat(settings.get("cleanup.policy").value()).isEqualTo("delete");
    assertThat(settings("stream-frames-index").get("retention.ms").value()).isEqualTo("3600000");
  }

  @Test
  void topicsThatAreThere_areNotMadeAgain() throws Exception {
    assertThat(ensure(true)).isEmpty();
    assertThat(ensure(false)).isEmpty();
    assertThat(ensure(true)).isEmpty();
  }

  @Test
  void missingTopics_thatMayNotBeMade_areNamed() throws Exception {
    make("stream-frames", 3, Map.of("max.message.bytes", "2000000"));

    assertThat(ensure(false))
        .contains(
            "topics %1$sstream-frames-index, %1$sstream-events are missing (expected: somebody makes them, or kafka.create-topics: true)"
                .formatted(prefix));
  }

  @Test
  void topicWithOtherSettings_isRefused_andSaysWhichAreWrong() throws Exception {
    make(
        "stream-frames",
        3,
        Map.of("max.message.bytes", "1000", "retention.ms", "1000", "cleanup.policy", "compact"));

    assertThat(ensure(true))
        .contains(
            "topic %sstream-frames has cleanup.policy compact (expected: delete) and max.message.bytes 1000 (expected: >= 1049600, or a smaller kafka.message) and retention.ms 1000 (expected: >= 600000, or a shorter kafka.retention)"
                .formatted(prefix));
  }

  @Test
  void topicThatCompresses_orGoesByOtherClocks_orKeepsLess_isRefused() throws Exception {
    make(
        "stream-frames",
        3,
        Map.of(
            "max.message.bytes",
            "2000000",
            "compression.type",
            "zstd",
            "message.timestamp.type",
            "CreateTime",
            "retention.bytes",
            "1000000"));

    assertThat(ensure(true))
        .contains(
            "topic %sstream-frames has compression.type zstd (expected: producer) and message.timestamp.type CreateTime (expected: LogAppendTime) and retention.bytes 1000000 (expected: >= 2147483648, or a smaller kafka.retention-size)"
                .formatted(prefix));
  }

  @Test
  void indexThatIsBoundInBytes_isRefused() throws Exception {
    make("stream-frames-index", 1, Map.of("retention.bytes", "1000000"));

    assertThat(ensure(true))
        .contains(
            "topic %sstream-frames-index has retention.bytes 1000000 (expected: -1)"
                .formatted(prefix));
  }

  @Test
  void indexOfSeveralPartitions_isRefused() throws Exception {
    make("stream-frames-index", 2, Map.of());

    assertThat(ensure(true))
        .contains("topic %sstream-frames-index has 2 partitions (expected: 1)".formatted(prefix));
  }

  @Test
  void minimumOfReplicasThatCannotBe_isRefused() throws Exception {
    make("stream-events", 2, Map.of("min.insync.replicas", "2"));

    assertThat(ensure(true))
        .contains(
            "topic %sstream-events has min.insync.replicas 2 (expected: <= 1 replicas)"
                .formatted(prefix));
  }

  private Optional<String> ensure(boolean create) throws Exception {
    KafkaConfig d = KafkaConfig.defaults();
    KafkaConfig config =
        new KafkaConfig(
            kafka.bootstrapServers(),
            prefix,
            create,
            12,
            Duration.ofMinutes(10),
            DataSize.ofMiB(2_048),
            d.message(),
            d.linger(),
            d.inFlightPerStream(),
            d.inFlight(),
            d.readAhead(),
            d.eventMemory(),
            List.of());
    return new KafkaTopics(config, new KafkaClients(config, "test").maxRequestBytes(), false)
        .ensure(admin);
  }

  private void make(String name, int partitions, Map<String, String> settings) throws Exception {
    Map<String, String> all = new HashMap<>(Map.of("message.timestamp.type", "LogAppendTime"));
    all.putAll(settings);
    admin
        .createTopics(List.of(new NewTopic(prefix + name, partitions, (short) 1).configs(all)))
        .all()
        .get();
    long deadline = System.nanoTime() + Entries.SOON.toNanos();
    while (!admin.listTopics().names().get().contains(prefix + name)) {
      assertThat(System.nanoTime()).isLessThan(deadline);
    }
  }

  private TopicDescription describe(String name) throws Exception {
    return Objects.requireNonNull(
        admin.describeTopics(List.of(prefix + name)).allTopicNames().get().get(prefix + name));
  }

  private Config settings(String name) throws Exception {
    ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, prefix + name);
    return Objects.requireNonNull(admin.describeConfigs(List.of(topic)).all().get().get(topic));
  }
}
