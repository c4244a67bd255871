package nova.backends.kafka;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import nova.core.NanoClock;
import nova.core.StreamId;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;

/// Sends records of frames and of their index, of all writers of this process. Never blocks, once
/// it knows the topics.
///
/// *Thread-safe.*
final class FrameProducer implements AutoCloseable {
  /// What Kafka's client and those who wait for a record hold beside its value; generous.
  private static final int RECORD_OVERHEAD = 512;

  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

  private final KafkaProducer<String, byte[]> producer;
  private final KafkaTopics topics;
  private final NanoClock clock;
  private final Runnable onRefused;
  private final AtomicLong inFlightBytes = new AtomicLong();
  private volatile long progressNs; // when a record was delivered last, or sent after a pause
  private volatile boolean broken;

  /// Learns what became of a record. Called on the client's thread, or on the sender's when the
  /// record is refused at once.
  interface Delivery {
    /// It is in the log.
    void delivered(int partition, long offset);

    /// It is not.
    void refused(Exception failure);
  }

  /// @param onRefused told when a record was refused, of which a missing topic may be the reason
  FrameProducer(
      KafkaProducer<String, byte[]> producer,
      KafkaTopics topics,
      NanoClock clock,
      Runnable onRefused) {
    this.producer = producer;
    this.topics = topics;
    this.clock = clock;
    this.onRefused = onRefused;
  }

  /// Waits until it knows the topics, so that sending does not have to.
  ///
  /// @return whether it does
  boolean warmUp(Duration timeout) throws InterruptedException {
    long deadline = clock.nanoTime() + timeout.toNanos();
    while (true) {
      try {
        for (String topic : new String[] {topics.frames(), topics.index()}) {
          PartitionInfo _ = producer.partitionsFor(topic).getFirst();
        }
        return true;
      } catch (RetriableException e) {
        if (clock.nanoTime() - deadline > 0) {
          return false;
        }
        Thread.sleep(Duration.ofMillis(5)); // the client asks meanwhile, and tells nobody
      }
    }
  }

  /// Whether Kafka's client can never send again, so that another must take its place.
  boolean isBroken() {
    return broken;
  }

  /// Whether nothing was delivered for that long, although there was something.
  boolean isStuckFor(Duration time) {
    return inFlightBytes.get() > 0 && clock.nanoTime() - progressNs > time.toNanos();
  }

  /// Bytes of memory that a record takes while it is on its way.
  static int sizeBytes(byte[] value) {
    return value.length + RECORD_OVERHEAD;
  }

  /// Bytes of memory for frames that are on their way.
  long inFlightBytes() {
    return inFlightBytes.get();
  }

  /// Sends a record of frames.
  ///
  /// @param partition null where its key decides
  void sendFrame(StreamId stream, @Nullable Integer partition, byte[] value, Delivery delivery) {
    int size = sizeBytes(value); // the client has a copy of the value, so nobody may hold it too
    if (inFlightBytes.getAndAdd(size) == 0) {
      progressNs = clock.nanoTime();
    }
    send(
        new ProducerRecord<>(topics.frames(), partition, stream.value(), value),
        new Delivery() {
          @Override
          public void delivered(int at, long offset) {
            progressNs = clock.nanoTime();
            inFlightBytes.addAndGet(-size);
            delivery.delivered(at, offset);
          }

          @Override
          public void refused(Exception failure) {
            inFlightBytes.addAndGet(-size);
            delivery.refused(failure);
          }
        });
  }

  /// Sends a record of the index.
  void sendIndex(StreamId stream, IndexRecord record, Delivery delivery) {
    send(new ProducerRecord<>(topics.index(), 0, stream.value(), record.write()), delivery);
  }

  /// Sends a record of the index; the result is its offset.
  CompletableFuture<Long> sendIndex(StreamId stream, IndexRecord record) {
    CompletableFuture<Long> sent = new CompletableFuture<>();
    sendIndex(
        stream,
        record,
        new Delivery() {
          @Override
          public void delivered(int partition, long offset) {
            sent.complete(offset);
          }

          @Override
          public void refused(Exception failure) {
            sent.completeExceptionally(failure);
          }
        });
    return sent;
  }

  private void send(ProducerRecord<String, byte[]> message, Delivery delivery) {
    try {
      var _ =
          producer.send(
              message,
              (@Nullable RecordMetadata metadata, @Nullable Exception failure) -> {
                if (failure != null) {
                  onRefused.run();
                  delivery.refused(failure);
                } else if (metadata != null) {
                  delivery.delivered(metadata.partition(), metadata.offset());
                }
              });
    } catch (KafkaException | IllegalStateException e) {
      // What only this record meets is told to the callback.
      broken |= !(e instanceof InterruptException);
      delivery.refused(e);
    }
  }

  /// Sends what is on its way, for a moment.
  @Override
  public void close() {
    producer.close(CLOSE_TIMEOUT);
  }

  /// Gives up what is on its way.
  void abandon() {
    producer.close(Duration.ZERO);
  }
}
