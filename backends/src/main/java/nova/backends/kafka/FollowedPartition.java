package nova.backends.kafka;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Function;
import nova.core.StreamId;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/// The end of a partition of frames, and the readers that are there. Readers come when they have
/// read up to it by themselves, and leave when they hold as much as they may.
///
/// *Thread-safe.*
final class FollowedPartition {
  /// A reader this close to the end waits there for what it has not read yet.
  private static final long NEAR_RECORDS = 512;

  private static final long NOT_BEGUN = -1;

  int interested; // guarded by the follower's map

  private final Map<String, List<Listener>> listeners = new HashMap<>();
  private long next = NOT_BEGUN; // offset of the next record

  /// One who receives the records of a stream. Called on the thread that follows Kafka; must be
  /// quick.
  interface Listener {
    /// Takes the next record of its stream.
    ///
    /// @return false when it cannot: it receives no more, and reads on from this record by itself
    boolean offer(long offset, FrameRecord record, int bytes);

    /// It receives no more.
    ///
    /// @param next offset from which it reads on by itself
    void detached(long next);
  }

  synchronized boolean hasBegun() {
    return next != NOT_BEGUN;
  }

  /// Follows from that offset on.
  synchronized void begin(long offset) {
    next = offset;
  }

  /// Has `listener` receive the records to come, if it has read nearly up to them.
  ///
  /// @param read offset of the first record that it has not read
  /// @return offset of the first record that it will receive; empty when it must read on
  synchronized OptionalLong join(StreamId stream, long read, Listener listener) {
    if (next == NOT_BEGUN || next - read > NEAR_RECORDS) {
      return OptionalLong.empty();
    }
    listeners.computeIfAbsent(stream.value(), _ -> new ArrayList<>(4)).add(listener);
    return OptionalLong.of(next);
  }

  synchronized void leave(StreamId stream, Listener listener) {
    List<Listener> there = listeners.get(stream.value());
    if (there != null && there.remove(listener) && there.isEmpty()) {
      listeners.remove(stream.value());
    }
  }

  /// Hands out records, in their order.
  ///
  /// @param read reads a value, or counts that it cannot be read
  /// @param others takes what no reader waits for
  synchronized void dispatch(
      List<ConsumerRecord<String, ByteBuffer>> messages,
      Function<ConsumerRecord<String, ByteBuffer>, @Nullable FrameRecord> read,
      Consumer<ConsumerRecord<String, ByteBuffer>> others) {
    for (ConsumerRecord<String, ByteBuffer> message : messages) {
      List<Listener> there = listeners.get(message.key());
      if (there != null) {
        FrameRecord record = read.apply(message);
        if (record != null) {
          int bytes = message.serializedValueSize();
          there.removeIf(listener -> !listener.offer(message.offset(), record, bytes));
          if (there.isEmpty()) {
            listeners.remove(message.key());
          }
        }
      } else {
        others.accept(message);
      }
      next = message.offset() + 1;
    }
  }

  /// Sends all readers away; the partition begins anew.
  synchronized void detachAll() {
    for (List<Listener> there : listeners.values()) {
      there.forEach(listener -> listener.detached(next));
    }
    listeners.clear();
    next = NOT_BEGUN;
  }
}
