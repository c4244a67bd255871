package nova.backends.kafka;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import nova.core.Bytes;
import nova.core.StreamId;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A bounded queue of events, and the thread that takes them to Kafka in their order.
///
/// *Thread-safe.*
final class EventSender implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EventSender.class);
  private static final String CLOSED = "closed";
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);
  private static final List<Header> HEADERS =
      List.of(
          new RecordHeader(
              "content-type",
              "application/cloudevents+json; charset=UTF-8".getBytes(StandardCharsets.UTF_8)));

  private final KafkaConnection connection;
  private final KafkaClients clients;
  private final KafkaTopics topics;
  private final KafkaMetrics metrics;
  private final KafkaLoop loop;
  private final long capBytes;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Queued> queue = new ArrayDeque<>(); // guarded by `lock`
  private long queuedBytes; // guarded by `lock`

  private record Queued(StreamId stream, Bytes value) {}

  EventSender(
      long capBytes,
      KafkaConnection connection,
      KafkaClients clients,
      KafkaTopics topics,
      KafkaMetrics metrics,
      ThreadFactory threads) {
    this.capBytes = capBytes;
    this.connection = connection;
    this.clients = clients;
    this.topics = topics;
    this.metrics = metrics;
    this.loop = new KafkaLoop("kafka-events-out", connection, clients, threads, this::send);
    loop.start();
  }

  /// Takes an event, or drops it when there is no room.
  void offer(StreamId stream, byte[] value) {
    lock.lock();
    try {
      if (queuedBytes + value.length > capBytes) {
        metrics.eventDropped("queue-full");
        return;
      }
      queue.addLast(new Queued(stream, Bytes.wrap(value)));
      queuedBytes += value.length;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  private void send() throws InterruptedException {
    KafkaProducer<String, byte[]> producer = clients.eventProducer();
    loop.works();
    try {
      for (Queued next = next(); next != null; next = next()) {
        send(producer, next);
      }
    } finally {
      KafkaLoop.uninterrupted(() -> producer.close(CLOSE_TIMEOUT));
    }
  }

  /// The next event, which stays in the queue; null when there will be none.
  private @Nullable Queued next() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (queue.isEmpty() && !loop.isClosing()) {
        changed.await();
      }
      return queue.peekFirst();
    } finally {
      lock.unlock();
    }
  }

  /// Hands over one event, and waits for as long as Kafka's client has no room.
  private void send(KafkaProducer<String, byte[]> producer, Queued event) {
    Handover handover;
    boolean notNow;
    do {
      handover = new Handover();
      var _ =
          producer.send(
              new ProducerRecord<>(
                  topics.events(),
                  null,
                  event.stream().value(),
                  event.value().toByteArray(),
                  HEADERS),
              handover);
      notNow = handover.isToBeRepeated();
      if (notNow) {
        connection.doubtTopics();
      }
    } while (notNow && !loop.isClosing());
    if (notNow) {
      metrics.eventDropped(CLOSED);
    }
    lock.lock();
    try {
      if (queue.pollFirst() != null) { // else it was given up meanwhile
        queuedBytes -= event.value().length();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Sends what waits, for a moment.
  @Override
  public void close() {
    loop.close();
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    loop.awaitEnd(CLOSE_TIMEOUT);
    int left;
    lock.lock();
    try {
      left = queue.size();
      queue.clear();
      queuedBytes = 0;
    } finally {
      lock.unlock();
    }
    for (int i = 0; i < left; i++) {
      metrics.eventDropped(CLOSED);
    }
    if (left > 0) {
      log.atWarn().log("{} events were not sent to Kafka before the end", left);
    }
  }

  /// What becomes of one event.
  private final class Handover implements Callback {
    private boolean returned; // to the sender; before that all happens on its thread
    private boolean notNow;

    synchronized boolean isToBeRepeated() {
      returned = true;
      return notNow;
    }

    @Override
    public synchronized void onCompletion(
        @Nullable RecordMetadata metadata, @Nullable Exception failure) {
      if (failure == null) {
        return;
      }
      if (!returned && failure instanceof RetriableException) {
        notNow = true;
        return;
      }
      metrics.eventDropped("refused");
      log.atWarn().log("Kafka refused an event: {}", clients.explain(failure));
    }
  }
}
