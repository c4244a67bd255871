package nova.backends.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import nova.cluster.EmbeddedKafka;
import nova.core.DataSize;
import nova.core.RenditionId;
import nova.core.StreamEvent;
import nova.core.StreamEvent.BitrateAdapted;
import nova.core.StreamEvent.RungStarted;
import nova.core.StreamEvents;
import nova.core.StreamEventsContract;
import nova.core.StreamId;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KafkaStreamEventsTest extends StreamEventsContract {
  private final TestKafka kafka = new TestKafka(EmbeddedKafka.shared());

  @AfterEach
  void close() {
    kafka.close();
  }

  @Override
  protected StreamEvents newEvents() {
    return events(kafka, failures::add);
  }

  @Test
  void events_butMeasurements_reachOtherProcesses_inOrder_andNotTheirOwnTwice() throws Exception {
    StreamEvents here = newEvents();
    StreamEvents there = newEvents();
    BlockingQueue<StreamEvent> seenHere = new LinkedBlockingQueue<>();
    BlockingQueue<StreamEvent> seenThere = new LinkedBlockingQueue<>();
    here.subscribe(seenHere::add);
    there.subscribe(seenThere::add);

    List<StreamEvent> all = StreamEventSamples.all();
    all.forEach(here::publish);
    StreamEvent answer =
        new RungStarted(
            StreamEventSamples.STREAM, StreamEventSamples.AT, new RenditionId("360p"), 1);
    there.subscribe(
        event -> {
          if (event.equals(all.getLast())) {
            there.publish(answer);
          }
        });
    // The subscriber may have come too late for the last of them.
    here.publish(all.getLast());

    for (StreamEvent event : StreamEventSamples.sent()) {
      assertThat(seenThere.poll(20, TimeUnit.SECONDS)).isEqualTo(event);
    }
    List<StreamEvent> back = new ArrayList<>();
    while (back.isEmpty() || !back.getLast().equals(answer)) {
      StreamEvent next = seenHere.poll(20, TimeUnit.SECONDS);
      assertThat(next).isNotNull();
      back.add(next);
    }
    assertThat(back).hasSize(all.size() + 2);
    assertThat(back.subList(0, all.size())).isEqualTo(all);
  }

  @Test
  void processThatComesLater_hearsOnlyWhatComes() throws Exception {
    StreamEvents here = newEvents();
    here.publish(StreamEventSamples.all().getFirst());
    StreamEvents late = newEvents();
    BlockingQueue<StreamEvent> seen = new LinkedBlockingQueue<>();
    late.subscribe(seen::add);

    here.publish(StreamEventSamples.all().getLast());

    assertThat(seen.poll(20, TimeUnit.SECONDS)).isEqualTo(StreamEventSamples.all().getLast());
  }

  @Test
  void recordsThatAreNoEvents_areSkippedAndCounted() throws Exception {
    StreamEvents here = newEvents();
    BlockingQueue<StreamEvent> seen = new LinkedBlockingQueue<>();
    here.subscribe(seen::add);
    StreamCloudEvents other = new StreamCloudEvents("other", 99);
    String event =
        new String(other.write(StreamEventSamples.all().getFirst()), StandardCharsets.UTF_8);

    append("not JSON");
    append("{\"specversion\":\"1.0\"}");
    append(event.replace("StreamStarted", "StreamPainted"));
    append(event.replace("stream-event:1", "stream-event:2"));
    append(event);

    assertThat(seen.poll(20, TimeUnit.SECONDS)).isEqualTo(StreamEventSamples.all().getFirst());
    assertThat(kafka.count("event corrupt")).isEqualTo(2);
    assertThat(kafka.count("event unknown-type")).isEqualTo(2);
  }

  @Test
  void kafkaThatIsAway_losesNothing_untilTheQueueIsFull() throws Exception {
    try (EmbeddedKafka broker = EmbeddedKafka.start();
        TestKafka own = new TestKafka(broker)) {
      StreamEvents here = events(own, failures::add);
      StreamEvents there = events(own, failures::add);
      BlockingQueue<StreamEvent> seen = new LinkedBlockingQueue<>();
      List<StreamEvent> local = new ArrayList<>();
      there.subscribe(seen::add);
      here.subscribe(local::add);
      here.publish(StreamEventSamples.all().getFirst());
      assertThat(seen.poll(20, TimeUnit.SECONDS)).isNotNull();

      broker.stop();
      for (int i = 0; i < 3_000; i++) { // there is room for 64 KiB, and Kafka's own
        here.publish(adapted(i));
      }
      long dropped = own.count("dropped queue-full");
      assertThat(dropped).isBetween(1_000L, 2_990L);
      assertThat(local).hasSize(3_001);
      broker.startAgain();

      List<Integer> after = new ArrayList<>();
      while (after.size() < 3_000 - dropped) {
        after.add(numberOf(seen.poll(20, TimeUnit.SECONDS)));
      }
      assertThat(after).isSorted().doesNotHaveDuplicates();
      assertThat(after.subList(0, 50)).as("the first to come").startsWith(0).endsWith(49);
      here.publish(adapted(3_000));
      assertThat(seen.poll(20, TimeUnit.SECONDS)).isEqualTo(adapted(3_000));
    }
  }

  private static BitrateAdapted adapted(int number) {
    return new BitrateAdapted(
        StreamEventSamples.STREAM,
        StreamEventSamples.AT.plusSeconds(number),
        "step",
        "because ".repeat(50));
  }

  private static int numberOf(@Nullable StreamEvent event) {
    BitrateAdapted adapted = (BitrateAdapted) Objects.requireNonNull(event);
    return (int) (adapted.at().getEpochSecond() - StreamEventSamples.AT.getEpochSecond());
  }

  private void append(String value) throws Exception {
    try (KafkaProducer<String, byte[]> producer =
        new KafkaClients(kafka.config(), "test").eventProducer()) {
      var _ =
          producer
              .send(
                  new ProducerRecord<>(
                      kafka.prefix + "stream-events",
                      new StreamId("abcd").value(),
                      value.getBytes(StandardCharsets.UTF_8)))
              .get();
    }
  }

  /// Another process, once it hears the others.
  private static StreamEvents events(TestKafka kafka, Consumer<Throwable> failures) {
    KafkaConfig d = kafka.config();
    KafkaBackend backend =
        kafka.open(
            new KafkaConfig(
                d.bootstrapServers(),
                d.topicPrefix(),
                true,
                1,
                d.retention(),
                d.retentionSize(),
                d.message(),
                d.linger(),
                d.inFlightPerStream(),
                d.inFlight(),
                d.readAhead(),
                DataSize.ofKiB(64),
                List.of()),
            failures);
    StreamEvents events = backend.events();
    try {
      assertThat(backend.awaitReady(Entries.SOON)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return events;
  }
}
