package nova.backends.kafka;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicReference;
import nova.core.Bytes;
import nova.core.NanoClock;
import nova.core.StreamId;
import nova.media.MediaException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one thread of a process that follows Kafka: the index, and the ends of those partitions of
/// frames that have readers. A record is fetched, copied and read once, however many readers its
/// stream has.
///
/// *Thread-safe.*
final class FrameFollower implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(FrameFollower.class);
  private static final Duration POLL = Duration.ofSeconds(1);
  private static final Duration AFTER_FAILURE = Duration.ofMillis(500);
  private static final Duration FORGET_INTERVAL = Duration.ofMinutes(1);

  private final KafkaClients clients;
  private final KafkaTopics topics;
  private final TopicPartition indexPartition;
  private final StreamIndex index;
  private final FramePartitions existing;
  private final ForeignRecords foreign;
  private final KafkaMetrics metrics;
  private final NanoClock clock;
  private final ConcurrentMap<Integer, FollowedPartition> partitions = new ConcurrentHashMap<>();
  private final Set<TopicPartition> assigned = new LinkedHashSet<>(); // the index first
  private final Set<TopicPartition> overtaken = new HashSet<>(); // by retention, or made anew
  private final AtomicReference<@Nullable KafkaConsumer<String, ByteBuffer>> following =
      new AtomicReference<>(); // to be woken
  private volatile boolean closed;
  private long indexEnd = -1; // when it was asked for; until all before it was taken
  private long forgotAt;

  FrameFollower(
      KafkaClients clients,
      KafkaTopics topics,
      StreamIndex index,
      FramePartitions existing,
      ForeignRecords foreign,
      KafkaMetrics metrics,
      NanoClock clock) {
    this.clients = clients;
    this.topics = topics;
    this.indexPartition = new TopicPartition(topics.index(), 0);
    this.index = index;
    this.existing = existing;
    this.foreign = foreign;
    this.metrics = metrics;
    this.clock = clock;
    this.forgotAt = clock.nanoTime();
  }

  /// Follows a partition for as long as somebody is interested.
  FollowedPartition follow(int partition) {
    FollowedPartition followed =
        partitions.compute(
            partition,
            (_, before) -> {
              FollowedPartition there = before == null ? new FollowedPartition() : before;
              there.interested++;
              return there;
            });
    wake();
    return followed;
  }

  /// One who was interested is not any more.
  void leave(int partition) {
    FollowedPartition _ =
        partitions.computeIfPresent(
            partition, (_, followed) -> --followed.interested == 0 ? null : followed);
  }

  /// Follows until closed, or until it fails in a way that asks for another consumer; on a thread
  /// of its own.
  ///
  /// @param works told whenever it came a step further
  void run(Runnable works) throws InterruptedException {
    KafkaConsumer<String, ByteBuffer> consumer = clients.follower("frames");
    following.set(consumer);
    try {
      while (!closed) {
        try {
          step(consumer);
          works.run();
        } catch (WakeupException _) {
          // Other partitions are wanted, or it is to stop.
        } catch (InvalidOffsetException e) {
          overtaken.addAll(e.partitions());
        } catch (InterruptException e) {
          closed = true;
        } catch (AuthorizationException e) {
          throw e; // until somebody grants the right; the operator is told
        } catch (KafkaException e) {
          failed(consumer, e);
        }
      }
    } finally {
      following.set(null);
      partitions.values().forEach(FollowedPartition::detachAll);
      assigned.clear();
      overtaken.clear();
      KafkaLoop.uninterrupted(() -> consumer.close(FrameConsumers.AT_ONCE));
    }
  }

  private void step(KafkaConsumer<String, ByteBuffer> consumer) throws InterruptedException {
    goOnWhereOvertaken(consumer);
    assign(consumer);
    noteProgress(consumer);
    ConsumerRecords<String, ByteBuffer> records = consumer.poll(POLL);
    for (TopicPartition partition : records.partitions()) {
      List<ConsumerRecord<String, ByteBuffer>> messages = records.records(partition);
      if (partition.equals(indexPartition)) {
        applyToIndex(consumer, messages);
      } else {
        FollowedPartition followed = partitions.get(partition.partition());
        if (followed != null) {
          followed.dispatch(
              messages, message -> FrameConsumers.read(message, metrics), foreign::passed);
        }
      }
    }
    noteProgress(consumer);
    if (clock.nanoTime() - forgotAt > FORGET_INTERVAL.toNanos()) {
      forgotAt = clock.nanoTime();
      index.forgetBefore(beginningOfIndex(consumer));
    }
  }

  private void noteProgress(KafkaConsumer<String, ByteBuffer> consumer) {
    long position = consumer.position(indexPartition);
    index.reached(position);
    if (indexEnd >= 0 && position >= indexEnd) {
      index.loaded();
      indexEnd = -1;
    }
  }

  private void assign(KafkaConsumer<String, ByteBuffer> consumer) throws InterruptedException {
    Set<TopicPartition> wanted = new LinkedHashSet<>();
    wanted.add(indexPartition);
    for (int partition : partitions.keySet()) {
      if (existing.has(partition)) { // or Kafka would be asked for its end, and never tell
        wanted.add(new TopicPartition(topics.frames(), partition));
      }
    }
    if (wanted.equals(assigned)) {
      beginNewOnes(consumer);
      return;
    }
    List<TopicPartition> added =
        wanted.stream().filter(partition -> !assigned.contains(partition)).toList();
    Map<TopicPartition, Long> ends = consumer.endOffsets(added); // may fail; nothing changed yet
    long begin = added.contains(indexPartition) ? beginningOfIndex(consumer) : 0;
    consumer.assign(wanted);
    for (TopicPartition partition : added) {
      long end = ends.getOrDefault(partition, 0L);
      if (partition.equals(indexPartition)) {
        long known = index.position();
        long next = known > end ? begin : Math.max(begin, known); // beyond it, it was made anew
        if (known > 0 && next != known) {
          metrics.recordsSkipped("lost", 1);
        }
        consumer.seek(partition, next);
        index.goesOnAt(next);
        indexEnd = end;
      } else {
        consumer.seek(partition, end);
      }
    }
    assigned.clear();
    assigned.addAll(wanted);
    beginNewOnes(consumer);
  }

  private void beginNewOnes(KafkaConsumer<String, ByteBuffer> consumer) {
    partitions.forEach(
        (number, followed) -> {
          TopicPartition partition = new TopicPartition(topics.frames(), number);
          if (!followed.hasBegun() && assigned.contains(partition)) {
            followed.begin(consumer.position(partition));
          }
        });
  }

  private long beginningOfIndex(KafkaConsumer<String, ByteBuffer> consumer) {
    return consumer.beginningOffsets(List.of(indexPartition)).getOrDefault(indexPartition, 0L);
  }

  private long endOfIndex(KafkaConsumer<String, ByteBuffer> consumer) {
    return consumer.endOffsets(List.of(indexPartition)).getOrDefault(indexPartition, 0L);
  }

  private void applyToIndex(
      KafkaConsumer<String, ByteBuffer> consumer, List<ConsumerRecord<String, ByteBuffer>> messages)
      throws InterruptedException {
    existing.heardOfMore();
    for (ConsumerRecord<String, ByteBuffer> message : messages) {
      try {
        applyToIndex(message);
      } catch (KafkaException e) { // it is not told which partitions there are
        consumer.seek(indexPartition, message.offset());
        throw e;
      }
    }
  }

  private void applyToIndex(ConsumerRecord<String, ByteBuffer> message)
      throws InterruptedException {
    if (message.key() == null || !StreamId.isValid(message.key())) {
      metrics.recordsSkipped("foreign", 1);
      return;
    }
    try {
      byte[] copy = new byte[message.value() == null ? 0 : message.value().remaining()];
      if (message.value() != null) {
        message.value().get(message.value().position(), copy);
      }
      IndexRecord record = IndexRecord.read(Bytes.wrap(copy));
      if (isOfPartitionThatIs(record)) {
        index.apply(message.offset(), new StreamId(message.key()), record);
      } else {
        metrics.recordsSkipped("corrupt", 1);
      }
    } catch (MediaException | IllegalArgumentException e) {
      metrics.recordsSkipped("corrupt", 1);
    }
  }

  private boolean isOfPartitionThatIs(IndexRecord record) throws InterruptedException {
    return switch (record) {
      case IndexRecord.Opened opened -> existing.has(opened.partition());
      case IndexRecord.Keyframe keyframe -> existing.has(keyframe.partition());
      case IndexRecord.Announced _, IndexRecord.Removed _ -> true;
    };
  }

  /// Retention took what comes next, or, if that is ahead of the log, somebody made the topic anew.
  /// Readers look for themselves where they go on.
  private void goOnWhereOvertaken(KafkaConsumer<String, ByteBuffer> consumer) {
    if (overtaken.contains(indexPartition)) {
      long beginning = beginningOfIndex(consumer); // may fail; nothing changed yet
      if (indexEnd >= 0) {
        indexEnd = endOfIndex(consumer);
      }
      consumer.seek(indexPartition, beginning);
      index.goesOnAt(beginning);
      metrics.recordsSkipped("lost", 1);
    }
    again(overtaken);
    overtaken.clear();
  }

  private void failed(KafkaConsumer<String, ByteBuffer> consumer, KafkaException failure)
      throws InterruptedException {
    TopicPartition damaged = Damage.find(failure, consumer, assigned, clients);
    if (indexPartition.equals(damaged)) {
      metrics.recordsSkipped("corrupt", 1);
      consumer.seek(indexPartition, consumer.position(indexPartition) + 1);
    } else if (damaged != null) {
      again(List.of(damaged)); // its readers come to the record by themselves, and count it
    } else {
      log.atDebug().setCause(failure).log("cannot follow Kafka now");
      again(List.copyOf(assigned));
      existing.forget();
      Thread.sleep(AFTER_FAILURE); // so that what fails at once is not asked without a pause
    }
  }

  /// Takes partitions of frames up anew at their ends.
  private void again(Collection<TopicPartition> which) {
    for (TopicPartition partition : which) {
      if (!partition.equals(indexPartition)) {
        FollowedPartition followed = partitions.get(partition.partition());
        if (followed != null) {
          followed.detachAll();
        }
        assigned.remove(partition);
      }
    }
  }

  private void wake() {
    KafkaConsumer<String, ByteBuffer> consumer = following.get();
    if (consumer != null) {
      consumer.wakeup();
    }
  }

  @Override
  public void close() {
    closed = true;
    wake();
  }
}
