package nova.backends.kafka;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.jspecify.annotations.Nullable;

/// Finds the partition whose next record cannot be read because its bytes are not what was written.
/// It has to be passed over, or a consumer fails there for ever, for all its partitions.
final class Damage {
  private static final Duration ALONE = Duration.ofMillis(250);
  private static final Pattern WORD_END = Pattern.compile("(=\\d+)?[.,]?(\\s+|$)");

  private Damage() {}

  /// The one of these partitions of which the failure tells; null when it tells of none, or
  /// something else failed. Mostly Kafka's client tells the partition in its message alone.
  static @Nullable TopicPartition toldBy(
      KafkaException failure, Collection<TopicPartition> partitions) {
    if (failure instanceof RecordDeserializationException unreadable) {
      return unreadable.topicPartition();
    }
    if (failure instanceof CorruptRecordException) { // of what is fetched first, and not told where
      return partitions.size() == 1 ? partitions.iterator().next() : null;
    }
    if (failure.getClass() != KafkaException.class || failure.getMessage() == null) {
      return null;
    }
    Set<String> words =
        WORD_END.splitAsStream(failure.getMessage()).collect(Collectors.toUnmodifiableSet());
    return partitions.stream()
        .filter(partition -> words.contains(partition.toString()))
        .findFirst()
        .orElse(null);
  }

  /// The partition that made a consumer fail: told by the failure, or found by asking for each
  /// alone, in their order; null when something else failed.
  ///
  /// @param partitions what the consumer is assigned
  static @Nullable TopicPartition find(
      KafkaException failure,
      KafkaConsumer<String, ByteBuffer> consumer,
      Collection<TopicPartition> partitions,
      KafkaClients clients) {
    TopicPartition told = toldBy(failure, partitions);
    if (told != null || !(failure instanceof CorruptRecordException)) {
      return told;
    }
    KafkaConsumer<String, ByteBuffer> alone = clients.reader();
    try {
      Map<TopicPartition, Long> ends = alone.endOffsets(partitions);
      for (TopicPartition partition : partitions) {
        long next = consumer.position(partition);
        if (next < ends.getOrDefault(partition, 0L) && isDamaged(alone, partition, next)) {
          return partition;
        }
      }
      return null;
    } catch (InterruptException e) {
      throw e;
    } catch (KafkaException _) {
      return null; // whether Kafka answers is watched elsewhere
    } finally {
      KafkaLoop.uninterrupted(() -> alone.close(FrameConsumers.AT_ONCE));
    }
  }

  private static boolean isDamaged(
      KafkaConsumer<String, ByteBuffer> alone, TopicPartition partition, long next) {
    alone.assign(List.of(partition));
    alone.seek(partition, next);
    try {
      ConsumerRecords<String, ByteBuffer> _ = alone.poll(ALONE);
      return false;
    } catch (InterruptException e) {
      throw e;
    } catch (KafkaException e) {
      return toldBy(e, List.of(partition)) != null;
    }
  }
}
