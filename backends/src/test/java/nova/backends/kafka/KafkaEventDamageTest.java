package nova.backends.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import nova.cluster.EmbeddedKafka;
import nova.core.StreamEvent;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A broker's disk gives back other bytes than it was given.
class KafkaEventDamageTest {
  private final EmbeddedKafka broker = EmbeddedKafka.start();
  private final TestKafka kafka = new TestKafka(broker);
  private final StreamCloudEvents other = new StreamCloudEvents("other", 99);

  @AfterEach
  void close() {
    kafka.close();
    broker.close();
  }

  @ParameterizedTest
  @EnumSource
  void damagedEvents_areCounted_andCostNoOthers(DamagedDisk disk) throws Exception {
    KafkaBackend backend = kafka.open(kafka.config(true, 3));
    BlockingQueue<StreamEvent> seen = new LinkedBlockingQueue<>();
    backend.events().subscribe(seen::add);
    assertThat(backend.awaitReady(Entries.SOON)).isTrue();
    List<StreamEvent> events = StreamEventSamples.sent().subList(0, 7);

    broker.stop();
    append(0, 0, events.subList(0, 1));
    append(1, 0, events.subList(1, 2));
    disk.damage(append(1, 1, events.subList(2, 4))); // two that are stored as one
    append(1, 3, events.subList(4, 5));
    append(2, 0, events.subList(5, 7));
    broker.startAgain();

    List<StreamEvent> healthy = new ArrayList<>(events);
    healthy.removeAll(events.subList(2, 4));
    List<StreamEvent> received = new ArrayList<>();
    for (StreamEvent _ : healthy) {
      received.add(seen.poll(30, TimeUnit.SECONDS));
    }
    assertThat(received).containsExactlyInAnyOrderElementsOf(healthy);
    assertThat(kafka.counts).containsOnlyKeys("event corrupt").containsEntry("event corrupt", 2L);
  }

  /// Appends events that were sent together.
  private Path append(int partition, long offset, List<StreamEvent> events) throws IOException {
    return DamagedDisk.append(
        broker.records(new TopicPartition(kafka.prefix + "stream-events", partition)),
        offset,
        events.stream()
            .map(
                event ->
                    new SimpleRecord(
                        System.currentTimeMillis(),
                        event.stream().value().getBytes(StandardCharsets.UTF_8),
                        other.write(event)))
            .toArray(SimpleRecord[]::new));
  }
}
