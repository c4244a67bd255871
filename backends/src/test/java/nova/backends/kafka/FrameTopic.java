package nova.backends.kafka;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import nova.framelog.LogEntry.StreamClosed;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/// The topic of frames as others see it, who know nothing of its adapter. It has one partition.
final class FrameTopic {
  private FrameTopic() {}

  static TopicPartition partition(TestKafka kafka) {
    return new TopicPartition(kafka.prefix + "stream-frames", 0);
  }

  /// All records, from the oldest kept.
  static List<ConsumerRecord<String, ByteBuffer>> records(TestKafka kafka) {
    TopicPartition partition = partition(kafka);
    List<ConsumerRecord<String, ByteBuffer>> all = new ArrayList<>();
    try (KafkaConsumer<String, ByteBuffer> consumer =
        new KafkaClients(kafka.config(), "test").reader()) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
      while (consumer.position(partition) < end) {
        all.addAll(consumer.poll(Duration.ofSeconds(1)).records(partition));
      }
    }
    return all;
  }

  /// All records, when the last one closes its stream.
  private static List<ConsumerRecord<String, ByteBuffer>> recordsToTheEnd(TestKafka kafka) {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (System.nanoTime() < deadline) {
      List<ConsumerRecord<String, ByteBuffer>> all = records(kafka);
      if (!all.isEmpty()
          && FrameConsumers.read(all.getLast(), KafkaMetrics.NONE)
              instanceof FrameRecord.Single(long _, long _, StreamClosed _)) {
        return all;
      }
    }
    throw new AssertionError("the stream is not closed in time");
  }

  /// Does what retention does, now: drops the oldest of a stream that is over.
  static void keepOnly(TestKafka kafka, long bytes) throws Exception {
    List<ConsumerRecord<String, ByteBuffer>> all = recordsToTheEnd(kafka);
    long kept = 0;
    for (ConsumerRecord<String, ByteBuffer> record : all.reversed()) {
      kept += record.serializedValueSize();
      if (kept > bytes) {
        deleteBefore(kafka, record.offset() + 1);
        return;
      }
    }
  }

  static void deleteBefore(TestKafka kafka, long offset) throws Exception {
    try (Admin admin = kafka.kafka.admin()) {
      admin
          .deleteRecords(Map.of(partition(kafka), RecordsToDelete.beforeOffset(offset)))
          .all()
          .get();
    }
  }

  /// Appends a record as somebody else would.
  static void append(TestKafka kafka, @Nullable String key, byte @Nullable [] value)
      throws Exception {
    append(kafka, partition(kafka).topic(), key, value);
  }

  /// Appends a record to the index as somebody else would.
  static void appendToIndex(TestKafka kafka, @Nullable String key, byte @Nullable [] value)
      throws Exception {
    append(kafka, kafka.prefix + "stream-frames-index", key, value);
  }

  private static void append(
      TestKafka kafka, String topic, @Nullable String key, byte @Nullable [] value)
      throws Exception {
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.kafka.bootstrapServers()),
            new StringSerializer(),
            new ByteArraySerializer())) {
      var _ = producer.send(new ProducerRecord<>(topic, 0, key, value)).get();
    }
  }
}
