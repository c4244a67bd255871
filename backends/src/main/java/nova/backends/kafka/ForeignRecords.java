package nova.backends.kafka;

import java.util.LinkedHashSet;
import java.util.SequencedSet;
import nova.core.StreamId;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/// Counts records of frames that are of no stream. The follower and all who read by themselves pass
/// by the same ones, so the last of them are remembered and counted once.
///
/// *Thread-safe.*
final class ForeignRecords {
  private static final int REMEMBERED = 1_024;

  private final KafkaMetrics metrics;
  private final SequencedSet<Place> counted =
      new LinkedHashSet<>(); // the oldest first; guarded by `this`

  private record Place(int partition, long offset) {}

  ForeignRecords(KafkaMetrics metrics) {
    this.metrics = metrics;
  }

  /// Looks at a record that somebody passes by.
  void passed(ConsumerRecord<String, ?> message) {
    if ((message.key() == null || !StreamId.isValid(message.key()))
        && isNew(new Place(message.partition(), message.offset()))) {
      metrics.recordsSkipped("foreign", 1);
    }
  }

  private synchronized boolean isNew(Place place) {
    boolean added = counted.add(place);
    if (counted.size() > REMEMBERED) {
      Place _ = counted.removeFirst();
    }
    return added;
  }
}
