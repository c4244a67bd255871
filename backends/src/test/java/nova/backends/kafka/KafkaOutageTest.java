package nova.backends.kafka;

import static nova.backends.kafka.Entries.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import nova.cluster.EmbeddedKafka;
import nova.core.DataSize;
import nova.core.StreamEvent;
import nova.core.StreamEvents;
import nova.core.StreamId;
import nova.framelog.FrameLog;
import nova.framelog.FrameLogReader;
import nova.framelog.FrameLogWriter;
import nova.framelog.LogEntry;
import nova.framelog.LogPosition;
import nova.framelog.LogUnavailableException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Kafka goes away, and comes back.
class KafkaOutageTest {
  private static final StreamId STREAM = new StreamId("stream1");

  private final EmbeddedKafka broker = EmbeddedKafka.start();
  private final TestKafka kafka = new TestKafka(broker);

  @AfterEach
  void close() {
    kafka.close();
    broker.close();
  }

  @Test
  void brokerThatIsAwayForSeconds_losesNothing_andKeepsTheOrder() throws Exception {
    FrameLog log = kafka.backend().frameLog();
    FrameLog elsewhere = kafka.backend().frameLog();
    FrameLogWriter writer = log.openWriter(STREAM);
    Entries.begin(writer, 0);
    Entries.write(writer, 0, 60, 10_000);
    FrameLogReader reader = elsewhere.openReader(STREAM, LogPosition.EARLIEST);
    assertThat(Entries.read(reader, 62)).hasSize(62);

    broker.stop();
    Entries.write(writer, 60, 200, 10_000); // what five seconds bring
    assertThat(log.sizeBytes()).isGreaterThan(1_400_000);
    assertThat(reader.read(Duration.ofSeconds(1))).isEmpty();
    broker.startAgain();
    Entries.write(writer, 200, 230, 10_000);
    writer.append(Entries.END);

    List<LogEntry> after = Entries.readToEnd(reader);
    assertThat(after).hasSize(171);
    for (int i = 0; i < 170; i++) {
      assertThat(after.get(i)).isEqualTo(Entries.frame(60 + i, 10_000));
    }
    assertThat(reader.skippedEntries()).isZero();
    assertThat(kafka.counts.keySet()).isSubsetOf("behind");
  }

  @Test
  void framesThatWait_areOnTheHeapOnce() throws Exception {
    FrameLog log = kafka.backend().frameLog();
    FrameLogWriter writer = log.openWriter(STREAM);
    Entries.begin(writer, 0);
    broker.stop();
    long before = usedHeap();

    Entries.write(writer, 0, 2_400, 10_000);

    long waiting = log.sizeBytes();
    assertThat(waiting).isGreaterThan(24_000_000);
    await().atMost(SOON).until(() -> usedHeap() - before < waiting * 3 / 2);
    assertThat(log.sizeBytes()).isEqualTo(waiting);
  }

  private static long usedHeap() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  @Test
  void eventsThatTheEndOfTheProcessCutsOff_areCounted() {
    broker.stop();
    KafkaBackend backend = kafka.open(kafka.config());
    StreamEvents events = backend.events();
    List<StreamEvent> sent = StreamEventSamples.sent();
    sent.forEach(events::publish);
    backend.close();
    assertThat(kafka.count("dropped closed")).isEqualTo(sent.size());
  }

  @Test
  void writerBeyondItsCap_isRefused_andTheNextGoesOnExactly() throws Exception {
    KafkaBackend backend = kafka.backend(kafka.config(DataSize.ofMiB(1), DataSize.ofMiB(2)));
    FrameLog log = backend.frameLog();
    FrameLogWriter writer = log.openWriter(STREAM);
    Entries.begin(writer, 0);
    Entries.write(writer, 0, 10, 10_000);
    FrameLogReader reader = log.openReader(STREAM, LogPosition.EARLIEST);
    assertThat(Entries.read(reader, 12)).hasSize(12);

    broker.stop();
    int taken = 10;
    String refusal = "";
    while (refusal.isEmpty() && taken < 1_000) {
      try {
        writer.append(Entries.frame(taken, 10_000));
        taken++;
      } catch (LogUnavailableException e) {
        refusal = e.sentence();
      }
    }
    assertThat(refusal).startsWith("The server cannot store what you send as quickly");
    assertThat(taken).isBetween(100, 115); // 1 MiB of frames of 10,000 bytes
    assertThatThrownBy(() -> writer.append(Entries.END))
        .isInstanceOf(LogUnavailableException.class);
    broker.startAgain();

    FrameLogWriter next = openWhenItCan(log);
    assertThat(next.tail().lastSegment()).isEqualTo(1 + (taken - 1) / 30);
    Entries.write(next, taken, taken + 20, 10_000);
    next.append(Entries.END);

    List<LogEntry> rest = Entries.readToEnd(reader);
    for (int i = 0; i < taken + 10; i++) {
      assertThat(rest.get(i)).isEqualTo(Entries.frame(10 + i, 10_000));
    }
    assertThat(reader.skippedEntries()).isZero();
    assertThat(kafka.counts).containsEntry("failed stream-in-flight", 1L);
  }

  @Test
  void allStreamsTogether_haveACapToo() throws Exception {
    FrameLog log = kafka.backend(kafka.config(DataSize.ofMiB(1), DataSize.ofMiB(2))).frameLog();
    FrameLogWriter first = log.openWriter(STREAM);
    FrameLogWriter second = log.openWriter(new StreamId("stream2"));
    FrameLogWriter third = log.openWriter(new StreamId("stream3"));
    broker.stop();

    Entries.write(first, 0, 95, 10_000);
    Entries.write(second, 0, 90, 10_000);
    assertThatThrownBy(() -> Entries.write(third, 0, 100, 10_000))
        .isInstanceOf(LogUnavailableException.class);

    assertThat(kafka.counts).containsEntry("failed process-in-flight", 1L);
    assertThat(log.sizeBytes()).isLessThan(DataSize.ofMiB(2).bytes() + 20_000);
    broker.startAgain();
  }

  @Test
  void kafkaThatIsNotThereYet_isAskedAgain_andSaysSo() throws Exception {
    broker.stop();
    KafkaBackend backend = kafka.open(kafka.config());
    FrameLog log = backend.frameLog();
    FrameLogReader reader = log.openReader(STREAM, LogPosition.EARLIEST);
    assertThatThrownBy(() -> log.openWriter(STREAM))
        .isInstanceOf(LogUnavailableException.class)
        .hasMessage("The server cannot store broadcasts now; try again in a moment.");
    assertThat(reader.read(Duration.ofMillis(50))).isEmpty();
    assertThat(backend.answers()).isFalse();
    assertThat(backend.problem()).isPresent();

    broker.startAgain();

    assertThat(backend.awaitReady(SOON)).isTrue();
    assertThat(backend.answers()).isTrue();
    assertThat(backend.problem()).isEmpty();
    log.openWriter(STREAM).append(Entries.END);
    assertThat(Entries.readToEnd(reader)).containsExactly(Entries.END);
  }

  private static FrameLogWriter openWhenItCan(FrameLog log) {
    long deadline = System.nanoTime() + SOON.toNanos();
    while (true) {
      try {
        return log.openWriter(STREAM);
      } catch (LogUnavailableException e) {
        if (System.nanoTime() - deadline > 0) {
          throw e;
        }
      }
    }
  }
}
