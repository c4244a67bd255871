package nova.backends.kafka;

import static nova.backends.kafka.Entries.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import nova.cluster.EmbeddedKafka;
import nova.core.StreamId;
import nova.framelog.FrameLog;
import nova.framelog.FrameLogReader;
import nova.framelog.FrameLogWriter;
import nova.framelog.LogEntry;
import nova.framelog.LogEntry.EpochStarted;
import nova.framelog.LogEntry.LoggedFrame;
import nova.framelog.LogEntry.TrackFormatChanged;
import nova.framelog.LogPosition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Readers, and what they meet on a topic that others share.
class KafkaReadingTest {
  private static final StreamId STREAM = new StreamId("stream1");

  private final TestKafka kafka = new TestKafka(EmbeddedKafka.shared());

  @AfterEach
  void close() {
    kafka.close();
  }

  @Test
  void frameLargerThanAMessage_arrivesWhole() throws Exception {
    FrameLog log = kafka.backend().frameLog();
    FrameLogWriter writer = log.openWriter(STREAM);
    FrameLogReader following = log.openReader(STREAM, LogPosition.EARLIEST);
    Entries.begin(writer, 0);
    assertThat(Entries.read(following, 2)).hasSize(2);

    writer.append(Entries.frame(0, 16 << 20));
    writer.append(Entries.frame(1, 3));
    writer.append(Entries.END);

    for (FrameLogReader reader :
        List.of(following, kafka.backend().frameLog().openReader(STREAM, LogPosition.EARLIEST))) {
      List<LoggedFrame> frames = Entries.frames(Entries.readToEnd(reader));
      assertThat(frames).hasSize(2);
      assertThat(frames.getFirst()).isEqualTo(Entries.frame(0, 16 << 20));
    }
    assertThat(FrameTopic.records(kafka))
        .hasSizeGreaterThan(16)
        .allMatch(record -> record.serializedValueSize() <= 1 << 20);
  }

  @Test
  void foreignAndDamagedRecords_areSkippedAndCounted() throws Exception {
    FrameLog log = kafka.backend().frameLog();
    FrameLogWriter writer = begin(log);
    FrameLogReader reader = log.openReader(STREAM, LogPosition.EARLIEST);
    assertThat(Entries.read(reader, 2)).hasSize(2);

    FrameTopic.append(kafka, STREAM.value(), new byte[] {42});
    FrameTopic.append(kafka, STREAM.value(), new byte[0]);
    FrameTopic.append(kafka, "not a stream", new byte[] {1, 2, 3});
    FrameTopic.append(kafka, null, FrameRecord.fence(1L << 60));
    FrameTopic.append(kafka, STREAM.value(), null);
    FrameTopic.append(kafka, "other", FrameRecord.fence(1L << 60));
    writer.append(Entries.frame(0, 10));
    writer.append(Entries.END);

    assertThat(Entries.readToEnd(reader)).containsExactly(Entries.frame(0, 10), Entries.END);
    assertThat(kafka.count("skipped corrupt")).isEqualTo(3);
    assertThat(kafka.count("skipped foreign")).isEqualTo(2);
    assertThat(reader.skippedEntries()).isZero();

    FrameLogReader another = log.openReader(STREAM, LogPosition.EARLIEST);
    assertThat(Entries.readToEnd(another)).hasSize(4);
    assertThat(kafka.count("skipped foreign")).as("once, however many read").isEqualTo(2);
  }

  @Test
  void junkInTheIndex_isSkippedAndCounted_andLiveReadersGoOn() throws Exception {
    FrameLog log = kafka.backend().frameLog();
    FrameLogWriter writer = begin(log);
    FrameLogReader reader = log.openReader(STREAM, LogPosition.EARLIEST);
    assertThat(Entries.read(reader, 2)).hasSize(2);

    StreamId nobodys = new StreamId("other");
    int partition = 7; // there is one
    FrameTopic.appendToIndex(kafka, STREAM.value(), null);
    FrameTopic.appendToIndex(kafka, STREAM.value(), new byte[] {42});
    FrameTopic.appendToIndex(kafka, "not a stream", new IndexRecord.Announced().write());
    FrameTopic.appendToIndex(kafka, null, new IndexRecord.Announced().write());
    FrameTopic.appendToIndex(
        kafka, nobodys.value(), new IndexRecord.Opened(0, partition, 0).write());
    FrameTopic.appendToIndex(
        kafka, nobodys.value(), new IndexRecord.Keyframe(0, partition, 0, 0).write());
    FrameLogWriter next = log.openWriter(new StreamId("stream2")); // has read the index up to here
    assertThat(kafka.count("skipped corrupt")).isEqualTo(4);
    assertThat(kafka.count("skipped foreign")).isEqualTo(2);

    try (FrameLogReader misled = log.openReader(nobodys, LogPosition.EARLIEST)) {
      assertThat(misled.read(Duration.ofMillis(200))).isEmpty();
      writer.append(Entries.frame(0, 10));
      writer.append(Entries.END);
      assertThat(Entries.readToEnd(reader)).containsExactly(Entries.frame(0, 10), Entries.END);
    }
    next.append(Entries.END);
    FrameLogReader another = log.openReader(new StreamId("stream2"), LogPosition.EARLIEST);
    assertThat(Entries.readToEnd(another)).containsExactly(Entries.END);
  }

  @Test
  void lostRecord_costsTheRestOfItsGroupOfPictures_forEverybody() throws Exception {
    FrameLog log = kafka.backend().frameLog();
    FrameLogWriter writer = begin(log);
    Entries.write(writer, 0, 40, 10);
    FrameLogReader reader = log.openReader(STREAM, LogPosition.EARLIEST);
    assertThat(Entries.read(reader, 42)).hasSize(42);
    FrameRecord last = lastRecord();

    // Frame 40 is lost: what follows has the number after it.
    for (int i = 41; i < 70; i++) {
      FrameTopic.append(
          kafka,
          STREAM.value(),
          FrameRecord.entry(last.writer(), 2 + i, Entries.frame(i, 10), 1_000).getFirst());
    }
    FrameLogWriter next = kafka.backend().frameLog().openWriter(STREAM);
    assertThat(next.tail().lastSegment()).isEqualTo(2); // frame 39 is the last of the log
    next.append(Entries.END);

    assertThat(Entries.readToEnd(reader)).containsExactly(Entries.END);
    assertThat(kafka.count("skipped lost")).isPositive();
  }

  @Test
  void retentionBeneathAReader_skipsToAKeyframe_andCounts() throws Exception {
    FrameLog log = kafka.backend().frameLog();
    FrameLogWriter writer = begin(log);
    Entries.write(writer, 0, 10, 50_000);
    FrameLogReader reader = log.openReader(STREAM, LogPosition.EARLIEST);
    assertThat(Entries.read(reader, 12)).hasSize(12);
    Entries.write(writer, 10, 300, 50_000); // 14 MB; a reader holds 1 MiB
    writer.append(Entries.END);
    awaitDelivery(log);
    await().atMost(SOON).until(() -> kafka.count("behind") > 0); // it has to read on by itself

    FrameTopic.keepOnly(kafka, 3 << 20);

    List<LogEntry> rest = Entries.readToEnd(reader);
    List<LoggedFrame> frames = Entries.frames(rest);
    assertThat(reader.skippedEntries()).isGreaterThan(100);
    assertThat(frames.size() + reader.skippedEntries()).isEqualTo(290);
    int gap = 0;
    while (!(rest.get(gap) instanceof EpochStarted)) {
      gap++;
    }
    assertThat(rest.get(gap + 1)).isInstanceOf(TrackFormatChanged.class);
    assertThat(((LoggedFrame) rest.get(gap + 2)).frame().keyframe()).isTrue();
  }

  @Test
  void newReader_ofAStreamOlderThanRetention_beginsAtTheOldestKeyframe() throws Exception {
    FrameLog log = kafka.backend().frameLog();
    FrameLogWriter writer = begin(log);
    Entries.write(writer, 0, 300, 10_000);
    writer.append(Entries.END);
    FrameTopic.keepOnly(kafka, 1 << 20);

    for (LogPosition from : List.of(LogPosition.EARLIEST, LogPosition.fromSegment(2))) {
      FrameLogReader reader = kafka.backend().frameLog().openReader(STREAM, from);
      List<LogEntry> entries = Entries.readToEnd(reader);
      assertThat(entries.get(0)).isInstanceOf(EpochStarted.class);
      assertThat(entries.get(2)).isEqualTo(Entries.frame(210, 10_000));
      assertThat(reader.skippedEntries()).isZero();
    }
    assertThat(log.openWriter(STREAM).tail().lastSegment()).isEqualTo(10);
  }

  @Test
  void slowReader_losesNothing_andHoldsLittle() throws Exception {
    FrameLog log = kafka.backend().frameLog();
    FrameLog elsewhere = kafka.backend().frameLog();
    FrameLogWriter writer = begin(log);
    FrameLogReader reader = elsewhere.openReader(STREAM, LogPosition.EARLIEST);
    assertThat(Entries.read(reader, 2)).hasSize(2);
    for (int i = 0; i < 400; i++) { // 20 MB
      writer.append(Entries.frame(i, 50_000));
      if (i % 40 == 0) {
        awaitDelivery(log);
        assertThat(elsewhere.sizeBytes()).isLessThan(2 << 20);
      }
    }
    writer.append(Entries.END);

    List<LogEntry> all = Entries.readToEnd(reader);

    assertThat(all).hasSize(401);
    assertThat(Entries.frames(all).stream().map(f -> f.frame().dts() / 3_000).toList())
        .isSorted()
        .doesNotHaveDuplicates();
    assertThat(reader.skippedEntries()).isZero();
  }

  @Test
  void manyStreamsOfOnePartition_eachReaderGetsItsOwn() throws Exception {
    FrameLog log = kafka.backend().frameLog();
    FrameLog elsewhere = kafka.backend().frameLog();
    List<StreamId> streams = new ArrayList<>();
    List<FrameLogWriter> writers = new ArrayList<>();
    List<CompletableFuture<List<LogEntry>>> reads = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      StreamId stream = new StreamId("stream" + i);
      streams.add(stream);
      writers.add(log.openWriter(stream));
      Entries.begin(writers.get(i), i);
      reads.add(readAll(elsewhere.openReader(stream, LogPosition.EARLIEST)));
    }
    for (int frame = 0; frame < 60; frame++) {
      for (int i = 0; i < streams.size(); i++) {
        writers.get(i).append(Entries.frame(frame, 100 + i));
      }
    }
    writers.forEach(writer -> writer.append(Entries.END));

    for (int i = 0; i < streams.size(); i++) {
      int bytes = 100 + i;
      List<LogEntry> all = reads.get(i).get(SOON.toSeconds(), TimeUnit.SECONDS);
      assertThat(((EpochStarted) all.getFirst()).epoch().number()).isEqualTo(i);
      assertThat(Entries.frames(all))
          .hasSize(60)
          .allMatch(frame -> frame.frame().payload().length() == bytes);
    }
    elsewhere.remove(streams.getFirst());
    assertThat(elsewhere.sizeBytes()).isZero();
  }

  @Test
  void readerAtTheLatestKeyframe_skipsWhatIsOlder() throws Exception {
    FrameLog log = kafka.backend().frameLog();
    FrameLogWriter writer = begin(log);
    Entries.write(writer, 0, 300, 1_000);
    awaitDelivery(log);

    try (FrameLogReader reader =
        kafka.backend().frameLog().openReader(STREAM, LogPosition.LATEST_KEYFRAME)) {
      List<LogEntry> entries = Entries.read(reader, 32);
      assertThat(entries.get(0)).isInstanceOf(EpochStarted.class);
      assertThat(entries.get(1)).isInstanceOf(TrackFormatChanged.class);
      assertThat(entries.get(2)).isEqualTo(Entries.frame(270, 1_000));
    }
  }

  @Test
  void timesOfEntries_decideNothing() throws Exception {
    FrameLog log = kafka.backend().frameLog();
    FrameLogWriter writer = begin(log);
    List<LogEntry> written = new ArrayList<>();
    for (int i = 0; i < 90; i++) {
      LoggedFrame frame = Entries.frame(i, 10);
      Instant odd = i % 2 == 0 ? Instant.EPOCH : Instant.parse("2999-01-01T00:00:00Z");
      written.add(new LoggedFrame(frame.frame(), odd, odd, frame.segment(), frame.cut()));
    }
    written.forEach(writer::append);
    writer.append(Entries.END);

    List<LogEntry> all =
        Entries.readToEnd(kafka.backend().frameLog().openReader(STREAM, LogPosition.EARLIEST));

    assertThat(all.subList(2, 92)).isEqualTo(written);
  }

  @Test
  void readWithoutPatience_returnsWhatTheLogHas() throws Exception {
    FrameLog log = kafka.backend().frameLog();
    FrameLogWriter writer = begin(log);
    Entries.write(writer, 0, 5, 10);
    awaitDelivery(log);

    try (FrameLogReader reader = log.openReader(STREAM, LogPosition.EARLIEST)) {
      assertThat(reader.read(Duration.ZERO)).hasSize(7);
      assertThat(reader.read(Duration.ZERO)).isEmpty();
    }
  }

  /// The stream's writer, which began with video.
  private static FrameLogWriter begin(FrameLog log) {
    FrameLogWriter writer = log.openWriter(STREAM);
    Entries.begin(writer, 0);
    return writer;
  }

  private FrameRecord lastRecord() {
    return Objects.requireNonNull(
        FrameConsumers.read(FrameTopic.records(kafka).getLast(), KafkaMetrics.NONE));
  }

  private static void awaitDelivery(FrameLog log) {
    await().atMost(SOON).until(() -> ((KafkaFrameLog) log).inFlightBytes() == 0);
  }

  private static CompletableFuture<List<LogEntry>> readAll(FrameLogReader reader) {
    CompletableFuture<List<LogEntry>> result = new CompletableFuture<>();
    Thread _ =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    result.complete(Entries.readToEnd(reader));
                  } catch (InterruptedException | RuntimeException | Error e) {
                    result.completeExceptionally(e);
                  }
                });
    return result;
  }
}
