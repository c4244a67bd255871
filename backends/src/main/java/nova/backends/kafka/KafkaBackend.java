package nova.backends.kafka;

import java.time.Duration;
import java.util.Optional;
import nova.core.StreamEvents;
import nova.framelog.FrameLog;
import org.jspecify.annotations.Nullable;

/// The adapters for Kafka of one process.
///
/// Opening does not wait: a server starts while Kafka is away, asks again and again, and says so.
/// Until Kafka answers, writers of frames are refused, readers wait, and events reach only this
/// process.
///
/// *Thread-safe.*
public final class KafkaBackend implements AutoCloseable {
  private final KafkaConfig config;
  private final KafkaPorts ports;
  private final boolean tellsAlone;
  private final KafkaClients clients;
  private final KafkaTopics topics;
  private final KafkaConnection connection;
  private @Nullable KafkaFrameLog frameLog; // guarded by `this`
  private @Nullable KafkaStreamEvents events; // guarded by `this`

  private KafkaBackend(KafkaConfig config, KafkaPorts ports, boolean tellsAlone) {
    this.config = config;
    this.ports = ports;
    this.tellsAlone = tellsAlone;
    this.clients = new KafkaClients(config, ports.node());
    this.topics = new KafkaTopics(config, clients.maxRequestBytes(), tellsAlone);
    this.connection =
        new KafkaConnection(config, clients, topics, ports.nanoClock(), ports.threads());
  }

  /// Begins to ask for Kafka.
  public static KafkaBackend open(KafkaConfig config, KafkaPorts ports) {
    return new KafkaBackend(config, ports, false);
  }

  /// As [#open], for a process that tells events and hears none, nor of frames: the right to write
  /// events is enough.
  public static KafkaBackend openToTell(KafkaConfig config, KafkaPorts ports) {
    return new KafkaBackend(config, ports, true);
  }

  /// The frame log; the first call begins to follow the index of streams.
  ///
  /// @throws IllegalStateException when this was opened to tell
  public synchronized FrameLog frameLog() {
    if (tellsAlone) {
      throw new IllegalStateException("this process has nothing to do with frames");
    }
    KafkaFrameLog known = frameLog;
    if (known == null) {
      known = new KafkaFrameLog(config, ports, connection, clients, topics);
      frameLog = known;
    }
    return known;
  }

  /// The events of all processes; the first call begins to listen, unless this was opened to tell.
  public synchronized StreamEvents events() {
    KafkaStreamEvents known = events;
    if (known == null) {
      known = new KafkaStreamEvents(config, ports, connection, clients, topics, !tellsAlone);
      events = known;
    }
    return known;
  }

  /// Whether the topics do and Kafka answered when it was asked last, some seconds ago at most.
  public boolean answers() {
    return connection.answers();
  }

  /// What is wrong, as one sentence for the operator; empty when nothing is.
  public Optional<String> problem() {
    return connection.problem();
  }

  /// Waits until Kafka answers, and until events of other processes are heard if they are wanted.
  ///
  /// @return whether that is so
  public boolean awaitReady(Duration timeout) throws InterruptedException {
    long deadline = ports.nanoClock().nanoTime() + timeout.toNanos();
    if (!connection.awaitReady(timeout)) {
      return false;
    }
    KafkaStreamEvents wanted;
    synchronized (this) {
      wanted = events;
    }
    return wanted == null
        || wanted.awaitListening(
            Duration.ofNanos(Math.max(0, deadline - ports.nanoClock().nanoTime())));
  }

  /// Why events of other processes are not heard, where that is known; empty when they are.
  public Optional<String> eventsProblem() {
    KafkaStreamEvents wanted;
    synchronized (this) {
      wanted = events;
    }
    return Optional.ofNullable(wanted).flatMap(KafkaStreamEvents::problem);
  }

  /// Sends what waits, for two seconds each, and ends.
  @Override
  public void close() {
    KafkaFrameLog log;
    KafkaStreamEvents bus;
    synchronized (this) {
      log = frameLog;
      bus = events;
    }
    if (log != null) {
      log.close();
    }
    if (bus != null) {
      bus.close();
    }
    connection.close();
  }
}
