package nova.backends.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import nova.cluster.EmbeddedKafka;
import nova.core.DataSize;

/// Backends on a Kafka, as many processes would have them, and what they counted.
final class TestKafka implements AutoCloseable {
  final EmbeddedKafka kafka;
  final String prefix = EmbeddedKafka.newPrefix();
  final Map<String, Long> counts = new ConcurrentHashMap<>();
  private final List<KafkaBackend> backends = new ArrayList<>();

  TestKafka(EmbeddedKafka kafka) {
    this.kafka = kafka;
  }

  /// The usual settings, but small.
  KafkaConfig config() {
    KafkaConfig d = KafkaConfig.defaults();
    return new KafkaConfig(
        kafka.bootstrapServers(),
        prefix,
        true,
        1,
        d.retention(),
        d.retentionSize(),
        d.message(),
        d.linger(),
        d.inFlightPerStream(),
        d.inFlight(),
        DataSize.ofMiB(1),
        d.eventMemory(),
        List.of());
  }

  /// With caps of what is on its way.
  KafkaConfig config(DataSize perStream, DataSize all) {
    KafkaConfig d = config();
    return new KafkaConfig(
        d.bootstrapServers(),
        d.topicPrefix(),
        d.createTopics(),
        d.partitions(),
        d.retention(),
        d.retentionSize(),
        d.message(),
        d.linger(),
        perStream,
        all,
        d.readAhead(),
        d.eventMemory(),
        d.properties());
  }

  /// With further settings of Kafka's clients.
  KafkaConfig config(boolean createTopics, int partitions, String... properties) {
    KafkaConfig d = config();
    return new KafkaConfig(
        d.bootstrapServers(),
        d.topicPrefix(),
        createTopics,
        partitions,
        d.retention(),
        d.retentionSize(),
        d.message(),
        d.linger(),
        d.inFlightPerStream(),
        d.inFlight(),
        d.readAhead(),
        d.eventMemory(),
        List.of(properties));
  }

  /// Another process.
  KafkaBackend backend() throws InterruptedException {
    return backend(config());
  }

  KafkaBackend backend(KafkaConfig config) throws InterruptedException {
    KafkaBackend backend = open(config);
    if (!backend.awaitReady(Duration.ofSeconds(30))) {
      throw new AssertionError(backend.problem());
    }
    return backend;
  }

  /// Another process, which may find no Kafka.
  KafkaBackend open(KafkaConfig config) {
    return open(
        config,
        failure -> {
          throw new AssertionError(failure);
        });
  }

  KafkaBackend open(KafkaConfig config, Consumer<Throwable> failures) {
    return own(KafkaBackend.open(config, ports(failures)));
  }

  /// Another process, which only tells events.
  KafkaBackend openToTell(KafkaConfig config) {
    return own(
        KafkaBackend.openToTell(
            config,
            ports(
                failure -> {
                  throw new AssertionError(failure);
                })));
  }

  private KafkaPorts ports(Consumer<Throwable> failures) {
    return new KafkaPorts(
        "node" + backends.size(),
        new Counts(),
        (_, failure) -> failures.accept(failure),
        System::nanoTime,
        Thread.ofPlatform().daemon().factory(),
        new Random());
  }

  private KafkaBackend own(KafkaBackend backend) {
    backends.add(backend);
    return backend;
  }

  long count(String name) {
    return counts.getOrDefault(name, 0L);
  }

  @Override
  public void close() {
    backends.forEach(KafkaBackend::close);
  }

  private final class Counts implements KafkaMetrics {
    private void count(String name, long more) {
      counts.merge(name, more, Long::sum);
    }

    @Override
    public void writerFailed(String reason) {
      count("failed " + reason, 1);
    }

    @Override
    public void recordsSkipped(String reason, long count) {
      count("skipped " + reason, count);
    }

    @Override
    public void readerFellBehind() {
      count("behind", 1);
    }

    @Override
    public void eventDropped(String reason) {
      count("dropped " + reason, 1);
    }

    @Override
    public void eventSkipped(String reason) {
      count("event " + reason, 1);
    }
  }
}
