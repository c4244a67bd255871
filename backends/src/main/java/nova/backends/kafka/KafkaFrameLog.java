package nova.backends.kafka;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import nova.core.NanoClock;
import nova.core.StreamId;
import nova.framelog.FrameLog;
import nova.framelog.FrameLogReader;
import nova.framelog.FrameLogWriter;
import nova.framelog.LogPosition;
import nova.framelog.LogUnavailableException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// [FrameLog] on Kafka. `docs/decisions/0040-frames-on-kafka.md` tells why it is as it is.
///
/// *Thread-safe.*
final class KafkaFrameLog implements FrameLog, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(KafkaFrameLog.class);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);
  private static final Duration LOST_AFTER = Duration.ofSeconds(30);
  private static final Duration WARM_UP = Duration.ofSeconds(5);
  private static final String NOT_NOW =
      "The server cannot store broadcasts now; try again in a moment.";

  private final KafkaConfig config;
  private final KafkaPorts ports;
  private final KafkaConnection connection;
  private final KafkaClients clients;
  private final KafkaTopics topics;
  private final long process;
  private final StreamIndex index;
  private final FrameConsumers consumers;
  private final FrameFollower follower;
  private final ReaderPorts readerPorts = new ReaderPorts();
  private final Set<KafkaStreamReader> readers = ConcurrentHashMap.newKeySet();
  private final KafkaLoop loop;
  private final ReentrantLock opening = new ReentrantLock(); // held while a producer is opened
  private volatile @Nullable FrameProducer producer;
  private volatile boolean closed;

  KafkaFrameLog(
      KafkaConfig config,
      KafkaPorts ports,
      KafkaConnection connection,
      KafkaClients clients,
      KafkaTopics topics) {
    this.config = config;
    this.ports = ports;
    this.connection = connection;
    this.clients = clients;
    this.topics = topics;
    this.process = ports.random().nextLong();
    this.index = new StreamIndex(process);
    ForeignRecords foreign = new ForeignRecords(ports.metrics());
    this.consumers = new FrameConsumers(clients, topics, foreign, ports.metrics());
    this.follower =
        new FrameFollower(
            clients,
            topics,
            index,
            new FramePartitions(this::countPartitions),
            foreign,
            ports.metrics(),
            ports.nanoClock());
    this.loop = new KafkaLoop("kafka-frames", connection, clients, ports.threads(), this::follow);
    loop.start();
  }

  private void follow() throws InterruptedException {
    try {
      FrameProducer _ = usableProducer(); // so that the first writer need not wait for it
    } catch (WriterOpening.Failed e) {
      throw new KafkaException(e.getMessage(), e);
    }
    follower.run(loop::works);
  }

  private int countPartitions() throws InterruptedException {
    Admin admin = clients.admin();
    try {
      return topics.partitionsOfFrames(admin);
    } catch (ExecutionException e) {
      throw new KafkaException(clients.explain(e), e);
    } finally {
      admin.close(Duration.ZERO);
    }
  }

  @Override
  public FrameLogWriter openWriter(StreamId stream) {
    if (!connection.answers()) {
      ports.metrics().writerFailed("not-opened");
      throw new LogUnavailableException(NOT_NOW); // what is wrong was logged when it began
    }
    try {
      FrameProducer usable = usableProducer();
      warmUp(usable); // it forgets topics that are made anew, and where it is so set those nobody
      // writes to
      return new WriterOpening(stream, index, usable, consumers, config, clients, ports).open();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unavailable(stream, "opening was interrupted", e);
    } catch (WriterOpening.Failed e) {
      connection.doubtTopics();
      throw unavailable(stream, String.valueOf(e.getMessage()), e);
    } catch (KafkaException e) {
      throw unavailable(stream, clients.explain(e), e);
    }
  }

  private LogUnavailableException unavailable(StreamId stream, String why, Exception cause) {
    ports.metrics().writerFailed("not-opened");
    log.atWarn().addKeyValue("stream", stream).log("a stream's log cannot be opened: {}", why);
    return new LogUnavailableException(NOT_NOW, cause);
  }

  private FrameProducer usableProducer() throws InterruptedException, WriterOpening.Failed {
    opening.lockInterruptibly();
    try {
      FrameProducer known = producer;
      if (known != null && !known.isBroken() && !isLost(known)) {
        return known;
      }
      FrameProducer next = newProducer();
      producer = next;
      if (known != null) {
        log.atWarn().log("Kafka's client was beyond help and was replaced");
        known.abandon();
      }
      return next;
    } finally {
      opening.unlock();
    }
  }

  private FrameProducer newProducer() throws InterruptedException, WriterOpening.Failed {
    FrameProducer next =
        new FrameProducer(
            clients.frameProducer(), topics, ports.nanoClock(), connection::doubtTopics);
    boolean usable = false;
    try {
      warmUp(next);
      usable = !closed;
    } finally {
      if (!usable) {
        next.abandon();
      }
    }
    if (!usable) {
      throw new WriterOpening.Failed("the process ends");
    }
    return next;
  }

  private static void warmUp(FrameProducer producer)
      throws InterruptedException, WriterOpening.Failed {
    if (!producer.warmUp(WARM_UP)) {
      throw new WriterOpening.Failed("Kafka does not tell of its topics in time");
    }
  }

  /// Whether it looks for brokers that are not where they were.
  private boolean isLost(FrameProducer known) {
    return known.isStuckFor(LOST_AFTER) && connection.answersFor(LOST_AFTER);
  }

  @Override
  public FrameLogReader openReader(StreamId stream, LogPosition from) {
    KafkaStreamReader reader =
        new KafkaStreamReader(stream, from, config.readAhead().bytes(), readerPorts);
    readers.add(reader);
    return reader;
  }

  @Override
  public void remove(StreamId stream) {
    index.removing(stream);
    FrameProducer known = producer;
    if (known == null) {
      notRemoved(stream, "Kafka did not answer yet");
      return;
    }
    known.sendIndex(
        stream,
        new IndexRecord.Removed(process),
        new FrameProducer.Delivery() {
          @Override
          public void delivered(int partition, long offset) {}

          @Override
          public void refused(Exception failure) {
            notRemoved(stream, clients.explain(failure));
          }
        });
  }

  private void notRemoved(StreamId stream, String why) {
    index.removalFailed(stream);
    log.atWarn()
        .addKeyValue("stream", stream)
        .log("a stream's log is left to Kafka's retention: {}", why);
  }

  @Override
  public long sizeBytes() {
    return readers.stream().mapToLong(KafkaStreamReader::sizeBytes).sum() + inFlightBytes();
  }

  /// Bytes on their way to Kafka.
  long inFlightBytes() {
    FrameProducer known = producer;
    return known == null ? 0 : known.inFlightBytes();
  }

  @Override
  public void close() {
    closed = true;
    FrameProducer last = producer;
    readers.forEach(KafkaStreamReader::close);
    loop.close();
    follower.close();
    if (last != null) {
      last.close();
    }
    consumers.close();
    loop.awaitEnd(CLOSE_TIMEOUT);
  }

  /// What readers share.
  private final class ReaderPorts implements KafkaStreamReader.Ports {
    @Override
    public StreamIndex index() {
      return index;
    }

    @Override
    public FrameConsumers consumers() {
      return consumers;
    }

    @Override
    public FrameFollower follower() {
      return follower;
    }

    @Override
    public KafkaMetrics metrics() {
      return ports.metrics();
    }

    @Override
    public NanoClock clock() {
      return ports.nanoClock();
    }

    @Override
    public void gone(KafkaStreamReader reader) {
      readers.remove(reader);
    }
  }
}
