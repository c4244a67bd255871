package nova.backends.kafka;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.ByteBufferDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/// Makes Kafka's clients with the settings that the adapters rely on.
///
/// A broker that does not answer is given up after [#REQUEST_TIMEOUT] and asked again for ever:
/// what bounds the waiting is memory, not time, so that a log has no holes. Nothing is compressed,
/// because media is already.
///
/// *Thread-safe.*
final class KafkaClients {
  static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration ADMIN_TIMEOUT = Duration.ofSeconds(8);

  /// How long a broker holds a fetch that finds nothing. A partition that a consumer takes up waits
  /// this long at most, so it is short for consumers that go from one to another.
  private static final Duration FOLLOWING_WAIT = Duration.ofMillis(100);

  private static final Duration READING_WAIT = Duration.ofMillis(10);

  // Keys, heads and what Kafka adds to a record; generous.
  private static final int RECORD_OVERHEAD = 1_024;
  static final int BATCH_BYTES = 64 << 10;

  /// Of less, nothing that is said would be left.
  private static final int SECRET_LENGTH = 4;

  /// Part of the name of a setting, or of an option within one, whose value nobody may read.
  private static final Pattern SECRET_NAME =
      Pattern.compile("password|jaas|secret|\\.key", Pattern.CASE_INSENSITIVE);

  /// `NAME=VALUE` in the options of a login, the value in quotation marks or not.
  private static final Pattern OPTION =
      Pattern.compile("([\\w.-]+)\\s*=\\s*(?:([\"'])(.*?)\\2|([^\\s\"';]+))");

  private final KafkaConfig config;
  private final String node;
  private final Duration requestTimeout;
  private final Map<String, Object> shared = new HashMap<>();
  private final List<String> secrets = new ArrayList<>();

  KafkaClients(KafkaConfig config, String node) {
    this.config = config;
    this.node = node;
    for (String property : config.properties()) {
      int at = property.indexOf('=');
      String name = property.substring(0, at).strip();
      String value = property.substring(at + 1).strip();
      shared.put(name, value);
      addSecrets(name, value);
    }
    // What contains another one goes first, or the rest of it would be left to read.
    secrets.sort(Comparator.comparingInt(String::length).reversed());
    this.requestTimeout =
        shared.get("request.timeout.ms") instanceof String own
            ? Duration.ofMillis(Long.parseLong(own))
            : REQUEST_TIMEOUT;
    shared.put("bootstrap.servers", config.bootstrapServers());
    shared.putIfAbsent("request.timeout.ms", ms(REQUEST_TIMEOUT));
    shared.putIfAbsent("reconnect.backoff.max.ms", 500);
    shared.putIfAbsent("retry.backoff.max.ms", 500);
    shared.putIfAbsent("socket.connection.setup.timeout.ms", 3_000);
    shared.putIfAbsent("enable.metrics.push", false);
  }

  /// A secret, and those among the options of a login.
  private void addSecrets(String name, String value) {
    if (SECRET_NAME.matcher(name).find() && value.length() >= SECRET_LENGTH) {
      secrets.add(value);
    }
    Matcher option = OPTION.matcher(value);
    while (option.find()) {
      String quoted = option.group(3);
      addSecrets(option.group(1), quoted == null ? option.group(4) : quoted);
    }
  }

  /// Says what went wrong without any secret of the further properties.
  String explain(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String text = root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    for (String secret : secrets) {
      text = text.replace(secret, "***");
    }
    return text.strip().replaceAll("\\s+", " ").replaceAll("\\.$", "");
  }

  /// Who says that the other one is not whom it should be, or may not do what it asks for; null
  /// when something else is wrong.
  static @Nullable ApiException refusal(Throwable failure) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (each instanceof ApiException refusal
          && (refusal instanceof AuthenticationException
              || refusal instanceof AuthorizationException)) {
        return refusal;
      }
    }
    return null;
  }

  Admin admin() {
    return Admin.create(adminSettings());
  }

  Map<String, Object> adminSettings() {
    Map<String, Object> settings = settings("admin");
    settings.put("default.api.timeout.ms", ms(atLeastOneRequest(ADMIN_TIMEOUT)));
    return settings;
  }

  /// For frames: hands over or refuses at once, and keeps trying.
  KafkaProducer<String, byte[]> frameProducer() {
    return new KafkaProducer<>(frameProducerSettings());
  }

  Map<String, Object> frameProducerSettings() {
    Map<String, Object> settings = producerSettings("frames");
    settings.put("max.block.ms", 0);
    // The usual strategy forgets the topics while no broker answers, and then nothing can be sent.
    settings.put("metadata.recovery.strategy", "none");
    settings.put("linger.ms", config.linger().toMillis());
    settings.put("batch.size", BATCH_BYTES);
    // Limits of our own refuse before this one does.
    settings.put("buffer.memory", config.frameBuffers());
    settings.put("max.request.size", maxRequestBytes());
    return settings;
  }

  /// For events: waits for Kafka as long as it takes.
  KafkaProducer<String, byte[]> eventProducer() {
    return new KafkaProducer<>(eventProducerSettings());
  }

  Map<String, Object> eventProducerSettings() {
    Map<String, Object> settings = producerSettings("events");
    settings.put("max.block.ms", ms(REQUEST_TIMEOUT));
    settings.put("linger.ms", 5);
    settings.put("buffer.memory", config.eventBuffers());
    return settings;
  }

  /// For who follows the ends of partitions.
  KafkaConsumer<String, ByteBuffer> follower(String purpose) {
    return new KafkaConsumer<>(consumerSettings(purpose, FOLLOWING_WAIT));
  }

  /// For who reads a part of a partition.
  KafkaConsumer<String, ByteBuffer> reader() {
    return new KafkaConsumer<>(consumerSettings("reader", READING_WAIT));
  }

  /// Of no group: who reads what is decided by its users.
  Map<String, Object> consumerSettings(String purpose, Duration fetchWait) {
    Map<String, Object> settings = settings(purpose);
    settings.put("key.deserializer", StringDeserializer.class.getName());
    settings.put("value.deserializer", ByteBufferDeserializer.class.getName());
    settings.put("group.protocol", "classic"); // no thread of its own
    settings.put("enable.auto.commit", false);
    settings.put("auto.offset.reset", "none");
    settings.put("allow.auto.create.topics", false);
    settings.put("fetch.max.wait.ms", ms(fetchWait));
    settings.put("default.api.timeout.ms", ms(atLeastOneRequest(REQUEST_TIMEOUT)));
    settings.put("max.partition.fetch.bytes", maxRequestBytes());
    return settings;
  }

  /// The largest value of a record.
  int maxValueBytes() {
    return (int) config.message().bytes();
  }

  /// What topics must take.
  int maxRequestBytes() {
    return (int) config.message().bytes() + RECORD_OVERHEAD;
  }

  private Map<String, Object> producerSettings(String purpose) {
    Map<String, Object> settings = settings(purpose);
    settings.put("key.serializer", StringSerializer.class.getName());
    settings.put("value.serializer", ByteArraySerializer.class.getName());
    settings.put("acks", "all");
    settings.put("enable.idempotence", true);
    settings.put("compression.type", "none");
    settings.put("delivery.timeout.ms", Integer.MAX_VALUE);
    // No topic is forgotten because nobody broadcasts: what does not wait would find none.
    settings.putIfAbsent("metadata.max.idle.ms", Long.MAX_VALUE / 2);
    return settings;
  }

  private Map<String, Object> settings(String purpose) {
    Map<String, Object> settings = new HashMap<>(shared);
    settings.put("client.id", "nova-%s-%s".formatted(node, purpose));
    return settings;
  }

  private Duration atLeastOneRequest(Duration timeout) {
    return requestTimeout.compareTo(timeout) > 0 ? requestTimeout : timeout;
  }

  private static int ms(Duration duration) {
    return Math.toIntExact(duration.toMillis());
  }
}
