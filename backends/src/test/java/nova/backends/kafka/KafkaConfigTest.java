package nova.backends.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import nova.core.DataSize;
import nova.core.Setting;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.junit.jupiter.api.Test;

class KafkaConfigTest {
  private static final String SECRET =
      "sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required"
          + " username=\"nova\" password=\"hunter22\";";

  @Test
  void everySetting_isDeclared_withItsDefault() {
    for (RecordComponent component : KafkaConfig.class.getRecordComponents()) {
      assertThat(component.getAnnotation(Setting.class)).as(component.getName()).isNotNull();
    }
    assertThat(KafkaConfig.defaults().linger()).isEqualTo(Duration.ZERO);
  }

  @Test
  void furtherProperties_reachTheClients_andNoWords() {
    KafkaConfig config = with(List.of(SECRET, "security.protocol = SASL_PLAINTEXT"));
    KafkaClients clients = new KafkaClients(config, "node");

    for (Map<String, Object> settings : settings(clients)) {
      assertThat(settings)
          .containsEntry("security.protocol", "SASL_PLAINTEXT")
          .containsEntry("sasl.jaas.config", SECRET.substring(17));
    }
    assertThat(config.toString()).isEqualTo("Kafka at 127.0.0.1:9092, 2 further properties");
    assertThat(
            clients.explain(
                new IllegalStateException(
                    "x", new IllegalArgumentException("bad " + SECRET.substring(17) + " there."))))
        .isEqualTo("bad *** there");
    assertThat(clients.explain(new IllegalStateException("no user with hunter22")))
        .isEqualTo("no user with ***");
  }

  @Test
  void longerSecret_isMaskedAsAWhole_andWhatIsNoneIsNot() {
    KafkaClients clients =
        new KafkaClients(
            with(
                List.of(
                    "ssl.key.password=hunter",
                    "ssl.keystore.password=hunter22-and-more",
                    "sasl.mechanism=PLAIN",
                    "sasl.jaas.config=x.PlainLoginModule required username='nova-user'"
                        + " password=bare-word;")),
            "node");

    assertThat(
            clients.explain(
                new IllegalStateException(
                    "PLAIN failed for nova-user: hunter22-and-more, bare-word or hunter?")))
        .isEqualTo("PLAIN failed for nova-user: ***, *** or ***?");
  }

  @Test
  void producers_areIdempotent_andCompressNothing_whateverTheUserSets() {
    KafkaConfig config =
        with(
            List.of(
                "compression.zstd.level=9",
                "max.in.flight.requests.per.connection=1",
                "security.protocol=SASL_SSL"));
    KafkaClients clients = new KafkaClients(config, "node");

    for (Map<String, Object> settings :
        List.of(clients.frameProducerSettings(), clients.eventProducerSettings())) {
      ProducerConfig read = new ProducerConfig(settings);
      assertThat(read.getBoolean("enable.idempotence")).isTrue();
      assertThat(read.getString("acks")).isEqualTo("-1"); // all
      assertThat(read.getInt("retries")).isEqualTo(Integer.MAX_VALUE);
      assertThat(read.getString("compression.type")).isEqualTo("none");
    }
    assertThat(new ProducerConfig(clients.frameProducerSettings()).getLong("linger.ms"))
        .isEqualTo(config.linger().toMillis());
    for (String name : List.of("enable.idempotence", "compression.type", "linger.ms", "acks")) {
      assertThatThrownBy(() -> with(List.of(name + "=0")))
          .hasMessage("properties has %s, which Nova sets itself (expected: others)", name);
    }
  }

  @Test
  void everythingThatClientsAreGiven_isRefused_orReachesThem() {
    for (Map<String, Object> settings : settings(new KafkaClients(with(List.of()), "node"))) {
      for (String name : settings.keySet()) {
        List<String> own = List.of(name + "=4711");
        try {
          assertThat(settings(new KafkaClients(with(own), "node")))
              .as(name)
              .anyMatch(reached -> "4711".equals(reached.get(name)));
        } catch (IllegalArgumentException e) {
          assertThat(e)
              .hasMessage("properties has %s, which Nova sets itself (expected: others)", name);
        }
      }
    }
  }

  @Test
  void longerTimeoutOfRequests_isOneThatAllClientsTake() {
    KafkaClients clients = new KafkaClients(with(List.of("request.timeout.ms=20000")), "node");
    clients.admin().close(Duration.ZERO);
    clients.frameProducer().close(Duration.ZERO);
    clients.eventProducer().close(Duration.ZERO);
    clients.reader().close(FrameConsumers.AT_ONCE);
    assertThat(clients.adminSettings()).containsEntry("default.api.timeout.ms", 20_000);
    assertThatThrownBy(() -> with(List.of("request.timeout.ms=soon")))
        .hasMessage("properties has a request.timeout.ms that is none (expected: milliseconds)");
  }

  @Test
  void propertyThatNovaSets_isRefused_withoutItsValue() {
    assertThatThrownBy(() -> with(List.of("acks=hunter22")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("properties has acks, which Nova sets itself (expected: others)");
    assertThatThrownBy(() -> with(List.of("hunter22")))
        .hasMessage("an entry of properties (expected: NAME=VALUE)");
  }

  @Test
  void valuesOutOfBounds_areRefusedWithASentence() {
    KafkaConfig d = KafkaConfig.defaults();
    assertThatThrownBy(
            () ->
                new KafkaConfig(
                    d.bootstrapServers(),
                    "a b",
                    true,
                    12,
                    d.retention(),
                    d.retentionSize(),
                    d.message(),
                    d.linger(),
                    d.inFlightPerStream(),
                    d.inFlight(),
                    d.readAhead(),
                    d.eventMemory(),
                    List.of()))
        .hasMessageStartingWith("topic-prefix 'a b' (expected: at most 100");
    assertThatThrownBy(
            () ->
                new KafkaConfig(
                    d.bootstrapServers(),
                    "",
                    true,
                    12,
                    Duration.ofSeconds(5),
                    d.retentionSize(),
                    d.message(),
                    d.linger(),
                    d.inFlightPerStream(),
                    d.inFlight(),
                    d.readAhead(),
                    d.eventMemory(),
                    List.of()))
        .hasMessage("retention PT5S (expected: PT1M to PT168H)");
    assertThatThrownBy(
            () ->
                new KafkaConfig(
                    d.bootstrapServers(),
                    "",
                    true,
                    12,
                    d.retention(),
                    d.retentionSize(),
                    d.message(),
                    d.linger(),
                    DataSize.ofMiB(300),
                    d.inFlight(),
                    d.readAhead(),
                    d.eventMemory(),
                    List.of()))
        .hasMessage("in-flight-per-stream 300MiB (expected: 1MiB to 128MiB)");
  }

  private static List<Map<String, Object>> settings(KafkaClients clients) {
    return List.of(
        clients.adminSettings(),
        clients.frameProducerSettings(),
        clients.eventProducerSettings(),
        clients.consumerSettings("test", Duration.ZERO));
  }

  private static KafkaConfig with(List<String> properties) {
    KafkaConfig d = KafkaConfig.defaults();
    return new KafkaConfig(
        "127.0.0.1:9092",
        "",
        true,
        12,
        d.retention(),
        d.retentionSize(),
        d.message(),
        d.linger(),
        d.inFlightPerStream(),
        d.inFlight(),
        d.readAhead(),
        d.eventMemory(),
        properties);
  }
}
