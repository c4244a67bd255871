package nova.backends.kafka;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import nova.core.Bytes;
import nova.core.StreamId;
import nova.media.MediaException;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/// Consumers for those who read a part of one partition by themselves; a few are kept for the next.
///
/// *Thread-safe.*
final class FrameConsumers implements AutoCloseable {
  private static final int IDLE_MOST = 4;
  private static final Duration RETRY_INTERVAL = Duration.ofMillis(250);
  static final CloseOptions AT_ONCE = CloseOptions.timeout(Duration.ZERO);

  private final KafkaClients clients;
  private final KafkaTopics topics;
  private final ForeignRecords foreign;
  private final KafkaMetrics metrics;
  private final Deque<KafkaConsumer<String, ByteBuffer>> idle = new ArrayDeque<>();
  private boolean closed;

  FrameConsumers(
      KafkaClients clients, KafkaTopics topics, ForeignRecords foreign, KafkaMetrics metrics) {
    this.clients = clients;
    this.topics = topics;
    this.foreign = foreign;
    this.metrics = metrics;
  }

  /// A record of frames of one stream.
  ///
  /// @param bytes of its value
  record Received(long offset, FrameRecord record, int bytes) {}

  /// Begins to read.
  Range open(int partition, long offset) {
    KafkaConsumer<String, ByteBuffer> consumer = take();
    Range range = new Range(consumer, new TopicPartition(topics.frames(), partition));
    range.consumer.assign(List.of(range.partition));
    range.consumer.seek(range.partition, offset);
    return range;
  }

  private KafkaConsumer<String, ByteBuffer> take() {
    synchronized (this) {
      KafkaConsumer<String, ByteBuffer> kept = idle.pollFirst();
      if (kept != null) {
        return kept;
      }
    }
    return clients.reader();
  }

  private void giveBack(KafkaConsumer<String, ByteBuffer> consumer) {
    consumer.assign(List.of());
    synchronized (this) {
      if (!closed && idle.size() < IDLE_MOST) {
        idle.addFirst(consumer);
        return;
      }
    }
    consumer.close(AT_ONCE);
  }

  @Override
  public void close() {
    List<KafkaConsumer<String, ByteBuffer>> left;
    synchronized (this) {
      closed = true;
      left = List.copyOf(idle);
      idle.clear();
    }
    left.forEach(consumer -> consumer.close(AT_ONCE));
  }

  /// Reads the value of a stream's record, and counts one that is nothing of ours.
  static @Nullable FrameRecord read(
      ConsumerRecord<String, ByteBuffer> message, KafkaMetrics metrics) {
    ByteBuffer value = message.value();
    if (value == null) {
      metrics.recordsSkipped("corrupt", 1);
      return null;
    }
    byte[] copy = new byte[value.remaining()]; // the client's memory holds whole fetches
    value.get(value.position(), copy);
    try {
      return FrameRecord.read(Bytes.wrap(copy));
    } catch (MediaException | IllegalArgumentException e) {
      metrics.recordsSkipped("corrupt", 1);
      return null;
    }
  }

  /// Reading one partition from a place on.
  ///
  /// *Confined to its user's thread.*
  final class Range implements AutoCloseable {
    private final KafkaConsumer<String, ByteBuffer> consumer;
    private final TopicPartition partition;
    private boolean faulty;

    private Range(KafkaConsumer<String, ByteBuffer> consumer, TopicPartition partition) {
      this.consumer = consumer;
      this.partition = partition;
    }

    int partition() {
      return partition.partition();
    }

    /// Offset of the next record.
    long position() {
      return consumer.position(partition);
    }

    /// Goes on at another place.
    void seek(long offset) {
      consumer.seek(partition, offset);
    }

    /// Offset of the oldest record kept.
    long beginning() {
      return consumer.beginningOffsets(List.of(partition)).getOrDefault(partition, 0L);
    }

    /// Offset behind the newest record.
    long end() {
      return consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
    }

    /// Whether all that is in the log was read, as far as is known.
    boolean isAtEnd() {
      return consumer.currentLag(partition).orElse(1) == 0;
    }

    /// Waits for records and returns those of `stream` before `limit`.
    ///
    /// @throws OffsetOutOfRangeException when the next record is not kept any more
    /// @throws InterruptedException when the thread is interrupted while waiting
    List<Received> poll(StreamId stream, long limit, Duration timeout) throws InterruptedException {
      List<Received> received = new ArrayList<>();
      try {
        for (ConsumerRecord<String, ByteBuffer> message :
            consumer.poll(timeout).records(partition)) {
          if (!stream.value().equals(message.key())) {
            foreign.passed(message);
          } else if (message.offset() < limit) {
            FrameRecord record = read(message, metrics);
            if (record != null) {
              received.add(new Received(message.offset(), record, message.serializedValueSize()));
            }
          }
        }
      } catch (OffsetOutOfRangeException e) {
        throw e;
      } catch (InterruptException e) {
        faulty = true;
        boolean _ = Thread.interrupted();
        throw (InterruptedException) new InterruptedException(e.getMessage()).initCause(e);
      } catch (KafkaException e) {
        if (Damage.toldBy(e, List.of(partition)) != null) {
          metrics.recordsSkipped("corrupt", 1);
          consumer.seek(partition, consumer.position(partition) + 1);
        } else {
          Thread.sleep(RETRY_INTERVAL); // nothing can be read now; whether Kafka answers is watched
        }
      }
      return received;
    }

    @Override
    public void close() {
      if (faulty) {
        KafkaLoop.uninterrupted(() -> consumer.close(AT_ONCE));
      } else {
        giveBack(consumer);
      }
    }
  }
}
