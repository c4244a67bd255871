package nova.backends.kafka;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/// The thread that hears the events of all processes, from when it began.
///
/// *Thread-safe.*
final class EventReceiver implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration FIRST_POLL =
      Duration.ofMillis(250); // more than a broker holds a fetch
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

  private final KafkaClients clients;
  private final KafkaTopics topics;
  private final KafkaMetrics metrics;
  private final KafkaLoop loop;
  private final Listener listener;
  private final CountDownLatch listening = new CountDownLatch(1);
  private final AtomicReference<@Nullable KafkaConsumer<String, ByteBuffer>> receiving =
      new AtomicReference<>(); // to be woken
  private final Map<TopicPartition, Long> positions = new HashMap<>(); // of the thread alone

  /// Takes the value of a record, on the thread of the receiver.
  interface Listener {
    void received(byte[] value);
  }

  EventReceiver(
      Listener listener,
      KafkaConnection connection,
      KafkaClients clients,
      KafkaTopics topics,
      KafkaMetrics metrics,
      ThreadFactory threads) {
    this.listener = listener;
    this.clients = clients;
    this.topics = topics;
    this.metrics = metrics;
    this.loop = new KafkaLoop("kafka-events-in", connection, clients, threads, this::receive);
    loop.start();
  }

  /// Why it does not hear, as far as is known.
  Optional<String> problem() {
    return loop.problem();
  }

  /// Waits until all that happens from then on is heard.
  ///
  /// @return whether it is
  boolean awaitListening(Duration timeout) throws InterruptedException {
    return listening.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void receive() {
    KafkaConsumer<String, ByteBuffer> consumer = clients.follower("events");
    receiving.set(consumer);
    try {
      begin(consumer);
      receive(consumer, FIRST_POLL); // fails when this server may not read
      listening.countDown();
      loop.works();
      while (!loop.isClosing()) {
        receive(consumer, POLL);
      }
    } catch (WakeupException _) {
      // It is to stop.
    } finally {
      receiving.set(null);
      KafkaLoop.uninterrupted(() -> consumer.close(FrameConsumers.AT_ONCE));
    }
  }

  /// From the end, or where the consumer before stopped.
  private void begin(KafkaConsumer<String, ByteBuffer> consumer) {
    List<TopicPartition> all =
        consumer.partitionsFor(topics.events()).stream()
            .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
            .toList();
    Map<TopicPartition, Long> ends = consumer.endOffsets(all);
    consumer.assign(all);
    for (TopicPartition partition : all) {
      positions.putIfAbsent(partition, ends.getOrDefault(partition, 0L));
      consumer.seek(partition, positions.getOrDefault(partition, 0L));
    }
  }

  private void receive(KafkaConsumer<String, ByteBuffer> consumer, Duration timeout) {
    try {
      for (ConsumerRecord<String, ByteBuffer> message : consumer.poll(timeout)) {
        positions.put(
            new TopicPartition(message.topic(), message.partition()), message.offset() + 1);
        received(message.value());
      }
    } catch (InvalidOffsetException e) {
      metrics.eventSkipped("lost");
      goOnAt(consumer, consumer.beginningOffsets(e.partitions()));
    } catch (KafkaException e) {
      TopicPartition damaged = Damage.find(e, consumer, consumer.assignment(), clients);
      if (damaged == null) {
        throw e;
      }
      metrics.eventSkipped("corrupt"); // each record of what is damaged as one
      goOnAt(consumer, Map.of(damaged, consumer.position(damaged) + 1));
    }
  }

  private void goOnAt(KafkaConsumer<String, ByteBuffer> consumer, Map<TopicPartition, Long> where) {
    where.forEach(consumer::seek);
    positions.putAll(where);
  }

  private void received(@Nullable ByteBuffer value) {
    if (value == null) {
      metrics.eventSkipped("corrupt");
      return;
    }
    byte[] bytes = new byte[value.remaining()];
    value.get(value.position(), bytes);
    listener.received(bytes);
  }

  @Override
  public void close() {
    loop.close();
    KafkaConsumer<String, ByteBuffer> consumer = receiving.get();
    if (consumer != null) {
      consumer.wakeup();
    }
    loop.awaitEnd(CLOSE_TIMEOUT);
  }
}
