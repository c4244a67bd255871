package nova.cluster;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/// A Kafka of one node in this JVM, on loopback. Most tests share one and have topics of their own
/// there; those that stop it start their own.
///
/// *Confined to its owner's thread.*
public final class EmbeddedKafka implements AutoCloseable {
  private static final AtomicInteger PREFIXES = new AtomicInteger();

  /// A setting of brokers; its value lets the clients' listener, `BROKER`, have another protocol.
  public static final String PROTOCOLS = "listener.security.protocol.map";

  private final Path folder;
  private final int port;
  private final Map<String, String> settings = new HashMap<>();
  private KafkaRaftServer server;

  private EmbeddedKafka(Path folder, Map<String, String> further) {
    this.folder = folder;
    this.port = FreePorts.any();
    int controller = FreePorts.any();
    settings.put("node.id", "1");
    settings.put("process.roles", "broker,controller");
    settings.put("controller.quorum.voters", "1@127.0.0.1:" + controller);
    settings.put("controller.listener.names", "CONTROLLER");
    settings.put(
        "listeners", "BROKER://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d".formatted(port, controller));
    settings.put("inter.broker.listener.name", "BROKER");
    settings.put(PROTOCOLS, "BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT");
    settings.put("log.dirs", folder.toString());
    settings.put("auto.create.topics.enable", "false");
    settings.put("offsets.topic.num.partitions", "1");
    settings.put("offsets.topic.replication.factor", "1");
    settings.put("log.cleaner.dedupe.buffer.size", "4194304"); // 128 MB otherwise
    settings.put("num.network.threads", "2");
    settings.put("num.io.threads", "2");
    settings.put("background.threads", "2");
    settings.put("log.initial.task.delay.ms", "500");
    settings.put("log.retention.check.interval.ms", "500");
    settings.putAll(further);
    format();
    server = serve(settings);
  }

  /// The one that the tests of this JVM share; it ends with the JVM.
  public static EmbeddedKafka shared() {
    return Shared.KAFKA;
  }

  /// One of its own.
  public static EmbeddedKafka start() {
    return start(Map.of());
  }

  /// One of its own, with further settings.
  public static EmbeddedKafka start(Map<String, String> further) {
    try {
      return new EmbeddedKafka(Files.createTempDirectory("nova-kafka"), further);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// One of its own, in a folder that is deleted at its end.
  public static EmbeddedKafka start(Path folder) {
    return new EmbeddedKafka(folder, Map.of());
  }

  /// A prefix of topics that nobody else has.
  public static String newPrefix() {
    return "test%d-".formatted(PREFIXES.incrementAndGet());
  }

  public String bootstrapServers() {
    return "127.0.0.1:" + port;
  }

  /// Where the records of a partition are, from the first; may be written to while it is stopped.
  public Path records(TopicPartition partition) {
    return folder.resolve(partition.toString()).resolve("00000000000000000000.log");
  }

  /// A client that can do anything.
  public Admin admin() {
    return Admin.create(Map.of("bootstrap.servers", bootstrapServers()));
  }

  /// Stops the node; what it has stays on disk.
  public void stop() {
    server.shutdown();
    server.awaitShutdown();
  }

  /// Starts a stopped node again, on the same port.
  public void startAgain() {
    server = serve(settings);
  }

  private static KafkaRaftServer serve(Map<String, String> settings) {
    KafkaRaftServer starting =
        new KafkaRaftServer(new kafka.server.KafkaConfig(settings, false), Time.SYSTEM);
    try {
      starting.startup();
      return starting;
    } catch (RuntimeException e) {
      starting.shutdown(); // what of it runs already
      throw e;
    }
  }

  private void format() {
    try {
      new Formatter()
          .setPrintStream(new PrintStream(OutputStream.nullOutputStream()))
          .setNodeId(1)
          .setClusterId(Uuid.randomUuid().toString())
          .setDirectories(List.of(folder.toString()))
          .setMetadataLogDirectory(folder.toString())
          .setControllerListenerName("CONTROLLER")
          .setReleaseVersion(MetadataVersion.latestProduction())
          .run();
    } catch (Exception e) {
      throw new IllegalStateException("Kafka's folder could not be made", e);
    }
  }

  @Override
  public void close() {
    stop();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Started by whoever comes first.
  private static final class Shared {
    static final EmbeddedKafka KAFKA = EmbeddedKafka.start();

    static {
      Runtime.getRuntime().addShutdownHook(new Thread(KAFKA::close));
    }
  }
}
