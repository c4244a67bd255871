package nova.backends.kafka;

import static nova.backends.kafka.Entries.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import nova.backends.TestCertificate;
import nova.cluster.EmbeddedKafka;
import nova.core.StreamEvent;
import nova.core.StreamEvents;
import nova.core.StreamId;
import nova.framelog.FrameLog;
import nova.framelog.FrameLogReader;
import nova.framelog.LogPosition;
import nova.framelog.LogUnavailableException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialAlteration;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/// Brokers that ask who is there.
class KafkaSecurityTest {
  private static final StreamId STREAM = new StreamId("stream1");
  private static final String PASSWORD = "hunter22-right";
  private static final String WRONG = "hunter22-wrong";
  private static final String LOGIN =
      "org.apache.kafka.common.security.plain.PlainLoginModule required ";

  @TempDir Path folder;

  private final Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
  private final List<Logger> clients =
      Stream.of("org.apache.kafka.clients", "org.apache.kafka.common.config")
          .map(name -> (Logger) LoggerFactory.getLogger(name))
          .toList();
  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();

  @BeforeEach
  void listen() {
    logged.start();
    root.addAppender(logged);
    for (Logger client : clients) {
      client.addAppender(logged);
      client.setAdditive(false);
      client.setLevel(Level.INFO); // which is where it says its settings
    }
  }

  @AfterEach
  void listenNoMore() {
    for (Logger client : clients) {
      client.setLevel(null);
      client.setAdditive(true);
      client.detachAppender(logged);
    }
    root.detachAppender(logged);
  }

  @Test
  void password_letsEverythingThrough_andAWrongOneIsToldWithoutIt() throws Exception {
    try (EmbeddedKafka broker = EmbeddedKafka.start(asking("SASL_PLAINTEXT"));
        TestKafka kafka = new TestKafka(broker)) {
      String[] right = {
        "security.protocol=SASL_PLAINTEXT", "sasl.mechanism=PLAIN", login(PASSWORD)
      };
      assertFramesAndEventsPass(kafka, kafka.config(true, 1, right));

      String[] wrong = {"security.protocol=SASL_PLAINTEXT", "sasl.mechanism=PLAIN", login(WRONG)};
      KafkaBackend refused = kafka.open(kafka.config(true, 1, wrong));
      await().atMost(SOON).until(() -> refused.problem().orElseThrow().contains("refuses"));

      String sentence =
          "Kafka at %s refuses this server (kafka.properties): Authentication failed: Invalid username or password"
              .formatted(broker.bootstrapServers());
      assertThat(refused.problem()).contains(sentence);
      assertThat(refused.answers()).isFalse();
      assertThatThrownBy(() -> refused.frameLog().openWriter(STREAM))
          .isInstanceOf(LogUnavailableException.class);
      assertThat(messages()).contains(sentence + "; trying again");
    }
    assertThat(messages()).anyMatch(message -> message.contains("sasl.jaas.config = [hidden]"));
    assertThat(messages()).noneMatch(message -> message.contains("hunter22"));
  }

  @Test
  void passwordOverTls_letsEverythingThrough_whenTheCertificateIsTrusted() throws Exception {
    TestCertificate certificate = TestCertificate.make(folder);
    Map<String, String> settings = asking("SASL_SSL");
    settings.put("listener.name.broker.ssl.keystore.type", "PKCS12");
    settings.put("listener.name.broker.ssl.keystore.location", certificate.store().toString());
    settings.put("listener.name.broker.ssl.keystore.password", TestCertificate.PASSWORD);
    settings.put("listener.name.broker.ssl.truststore.type", "PEM");
    settings.put("listener.name.broker.ssl.truststore.location", certificate.pem().toString());
    try (EmbeddedKafka broker = EmbeddedKafka.start(settings);
        TestKafka kafka = new TestKafka(broker)) {
      String[] trusting = {
        "security.protocol=SASL_SSL",
        "sasl.mechanism=PLAIN",
        login(PASSWORD),
        "ssl.truststore.type=PEM",
        "ssl.truststore.location=" + certificate.pem()
      };
      assertFramesAndEventsPass(kafka, kafka.config(true, 1, trusting));

      String[] doubtful = {"security.protocol=SASL_SSL", "sasl.mechanism=PLAIN", login(PASSWORD)};
      KafkaBackend refusing = kafka.open(kafka.config(true, 1, doubtful));
      await().atMost(SOON).until(() -> refusing.problem().orElseThrow().contains("TLS"));
      assertThat(refusing.problem().orElseThrow())
          .startsWith(
              "Kafka at %s and this server do not agree on TLS (kafka.properties): "
                  .formatted(broker.bootstrapServers()));
      assertThat(refusing.answers()).isFalse();
    }
    assertThat(messages()).noneMatch(message -> message.contains(PASSWORD));
  }

  @Test
  void saltedPassword_letsEverythingThrough() throws Exception {
    Map<String, String> settings = asking("SASL_PLAINTEXT");
    settings.put("sasl.enabled.mechanisms", "PLAIN,SCRAM-SHA-512");
    settings.put(
        "listener.name.broker.scram-sha-512.sasl.jaas.config",
        "org.apache.kafka.common.security.scram.ScramLoginModule required;");
    try (EmbeddedKafka broker = EmbeddedKafka.start(settings);
        TestKafka kafka = new TestKafka(broker)) {
      try (Admin admin = brokersOwn(broker)) {
        UserScramCredentialAlteration user =
            new UserScramCredentialUpsertion(
                "salted", new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4_096), PASSWORD);
        admin.alterUserScramCredentials(List.of(user)).all().get();
      }
      assertFramesAndEventsPass(
          kafka,
          kafka.config(
              true,
              1,
              "security.protocol=SASL_PLAINTEXT",
              "sasl.mechanism=SCRAM-SHA-512",
              "sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required"
                  + " username=\"salted\" password=\"%s\";".formatted(PASSWORD)));
    }
    assertThat(messages()).noneMatch(message -> message.contains(PASSWORD));
  }

  @Test
  void processThatTellsAlone_needsTheRightToWriteEvents_andNoOther() throws Exception {
    try (EmbeddedKafka broker = EmbeddedKafka.start(withRights());
        TestKafka kafka = new TestKafka(broker);
        Admin admin = brokersOwn(broker)) {
      KafkaBackend all = kafka.open(kafka.config(true, 1, asBroker()));
      BlockingQueue<StreamEvent> seen = new LinkedBlockingQueue<>();
      all.events().subscribe(seen::add);
      assertThat(all.awaitReady(SOON)).as(all.problem().orElse("ready")).isTrue();
      grant(admin, kafka.prefix + "stream-events", AclOperation.WRITE);
      KafkaBackend teller =
          kafka.openToTell(
              kafka.config(
                  false,
                  1,
                  "security.protocol=SASL_PLAINTEXT",
                  "sasl.mechanism=PLAIN",
                  login(PASSWORD)));
      StreamEvents events = teller.events();
      List<StreamEvent> here = new ArrayList<>();
      events.subscribe(here::add);

      assertThat(teller.awaitReady(SOON)).as(teller.problem().orElse("ready")).isTrue();
      StreamEvent event = StreamEventSamples.sent().getLast();
      events.publish(event);

      assertThat(seen.poll(20, TimeUnit.SECONDS)).isEqualTo(event);
      assertThat(here).containsExactly(event);
      assertThat(teller.eventsProblem()).isEmpty();
      assertThatThrownBy(teller::frameLog).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void rightsThatAreMissing_areNamed() throws Exception {
    try (EmbeddedKafka broker = EmbeddedKafka.start(withRights());
        TestKafka kafka = new TestKafka(broker);
        Admin admin = brokersOwn(broker)) {
      KafkaConfig config =
          kafka.config(
              true, 1, "security.protocol=SASL_PLAINTEXT", "sasl.mechanism=PLAIN", login(PASSWORD));
      KafkaBackend backend = kafka.open(config);
      await().atMost(SOON).until(() -> backend.problem().orElseThrow().contains("refuses"));
      assertThat(backend.problem().orElseThrow())
          .startsWith(
              "Kafka at %s refuses this server (kafka.properties): Not authorized to access topics: "
                  .formatted(broker.bootstrapServers()))
          .contains(kafka.prefix + "stream-");

      for (String topic : List.of("stream-frames", "stream-frames-index", "stream-events")) {
        for (AclOperation right :
            List.of(AclOperation.CREATE, AclOperation.WRITE, AclOperation.DESCRIBE_CONFIGS)) {
          grant(admin, kafka.prefix + topic, right);
        }
      }
      StreamEvents _ = backend.events();
      assertThat(backend.awaitReady(Duration.ofSeconds(1))).isFalse();
      await().atMost(SOON).until(() -> backend.eventsProblem().isPresent());
      assertThat(backend.eventsProblem())
          .contains("Not authorized to access topics: [%sstream-events]".formatted(kafka.prefix));

      grant(admin, kafka.prefix + "stream-events", AclOperation.READ);
      assertThat(backend.awaitReady(SOON)).isTrue();
      await().atMost(SOON).until(() -> backend.eventsProblem().isEmpty());
    }
    assertThat(messages().stream().filter(message -> message.contains("kafka-events-in begins")))
        .as("told once")
        .hasSize(1);
  }

  private static void grant(Admin admin, String topic, AclOperation right) throws Exception {
    admin
        .createAcls(
            List.of(
                new AclBinding(
                    new ResourcePattern(ResourceType.TOPIC, topic, PatternType.LITERAL),
                    new AccessControlEntry("User:nova", "*", right, AclPermissionType.ALLOW))))
        .all()
        .get();
  }

  private static Map<String, String> withRights() {
    Map<String, String> settings = asking("SASL_PLAINTEXT");
    settings.put(
        "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
    settings.put("super.users", "User:broker;User:ANONYMOUS"); // the latter between controllers
    return settings;
  }

  /// Who may do everything.
  private static String[] asBroker() {
    return new String[] {
      "security.protocol=SASL_PLAINTEXT",
      "sasl.mechanism=PLAIN",
      "sasl.jaas.config=" + LOGIN + "username=\"broker\" password=\"itself\";"
    };
  }

  private static Admin brokersOwn(EmbeddedKafka broker) {
    Map<String, Object> settings = new HashMap<>();
    settings.put("bootstrap.servers", broker.bootstrapServers());
    for (String setting : asBroker()) {
      int at = setting.indexOf('=');
      settings.put(setting.substring(0, at), setting.substring(at + 1));
    }
    return Admin.create(settings);
  }

  private static void assertFramesAndEventsPass(TestKafka kafka, KafkaConfig config)
      throws InterruptedException {
    KafkaBackend here = kafka.open(config);
    KafkaBackend there = kafka.open(config);
    StreamEvents sent = here.events();
    BlockingQueue<StreamEvent> seen = new LinkedBlockingQueue<>();
    there.events().subscribe(seen::add);
    assertThat(here.awaitReady(SOON)).as(here.problem().orElse("ready")).isTrue();
    assertThat(there.awaitReady(SOON)).isTrue();
    assertThat(here.answers()).isTrue();
    FrameLog log = here.frameLog();
    FrameLogReader reader = there.frameLog().openReader(STREAM, LogPosition.EARLIEST);

    log.openWriter(STREAM).append(Entries.END);
    sent.publish(StreamEventSamples.sent().getFirst());

    assertThat(Entries.readToEnd(reader)).containsExactly(Entries.END);
    assertThat(seen.poll(20, TimeUnit.SECONDS)).isEqualTo(StreamEventSamples.sent().getFirst());
  }

  private List<String> messages() {
    return List.copyOf(logged.list).stream()
        .map(event -> event.getFormattedMessage() + " " + event.getThrowableProxy())
        .map(message -> message.replaceFirst(" null$", ""))
        .toList();
  }

  /// What a broker is set to that knows one user beside itself.
  private static Map<String, String> asking(String protocol) {
    Map<String, String> settings = new HashMap<>();
    settings.put(EmbeddedKafka.PROTOCOLS, "BROKER:%s,CONTROLLER:PLAINTEXT".formatted(protocol));
    settings.put("sasl.enabled.mechanisms", "PLAIN");
    settings.put("sasl.mechanism.inter.broker.protocol", "PLAIN");
    settings.put(
        "listener.name.broker.plain.sasl.jaas.config",
        LOGIN
            + "username=\"broker\" password=\"itself\" user_broker=\"itself\" user_nova=\"%s\";"
                .formatted(PASSWORD));
    return settings;
  }

  private static String login(String password) {
    return "sasl.jaas.config=" + LOGIN + "username=\"nova\" password=\"%s\";".formatted(password);
  }
}
