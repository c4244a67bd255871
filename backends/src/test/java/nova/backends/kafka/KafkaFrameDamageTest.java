package nova.backends.kafka;

import static nova.backends.kafka.Entries.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import nova.cluster.EmbeddedKafka;
import nova.core.StreamId;
import nova.framelog.FrameLog;
import nova.framelog.FrameLogReader;
import nova.framelog.FrameLogWriter;
import nova.framelog.LogEntry;
import nova.framelog.LogEntry.LoggedFrame;
import nova.framelog.LogPosition;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A broker's disk gives back other bytes than it was given.
class KafkaFrameDamageTest {
  private static final StreamId STREAM = new StreamId("stream1");
  private static final StreamId OTHER = new StreamId("stream2");

  private final EmbeddedKafka broker = EmbeddedKafka.start();
  private final TestKafka kafka = new TestKafka(broker);

  @AfterEach
  void close() {
    kafka.close();
    broker.close();
  }

  @ParameterizedTest
  @EnumSource
  void damagedFrames_areCounted_andCostTheirGroupOfPicturesAlone(DamagedDisk disk)
      throws Exception {
    FrameLog log = kafka.backend().frameLog();
    FrameLogWriter writer = log.openWriter(STREAM);
    Entries.begin(writer, 0);
    Entries.write(writer, 0, 40, 10_000);
    await().atMost(SOON).until(() -> ((KafkaFrameLog) log).inFlightBytes() == 0);

    broker.stop();
    disk.damage(broker.records(FrameTopic.partition(kafka))); // frame 39
    broker.startAgain();
    Entries.write(writer, 40, 90, 10_000);
    writer.append(Entries.END);

    FrameLogReader reader = kafka.backend().frameLog().openReader(STREAM, LogPosition.EARLIEST);
    List<LoggedFrame> frames = Entries.frames(Entries.readToEnd(reader));
    assertThat(frames).startsWith(Entries.frame(0, 10_000));
    assertThat(frames)
        .endsWith(
            IntStream.range(60, 90)
                .mapToObj(number -> Entries.frame(number, 10_000))
                .toArray(LoggedFrame[]::new));
    assertThat(frames).doesNotContain(Entries.frame(39, 10_000));
    assertThat(frames.size() + reader.skippedEntries()).isEqualTo(90);
    assertThat(kafka.count("skipped corrupt")).isPositive();
  }

  @ParameterizedTest
  @EnumSource
  void damagedRecordOfTheIndex_isPassedOver_andWhatFollowsItCounts(DamagedDisk disk)
      throws Exception {
    FrameLog log = kafka.backend().frameLog();
    FrameLogWriter writer = log.openWriter(STREAM);
    writer.append(Entries.END);
    await().atMost(SOON).until(() -> ((KafkaFrameLog) log).inFlightBytes() == 0);

    broker.stop();
    disk.damage(broker.records(index()));
    broker.startAgain();
    log.openWriter(OTHER).append(Entries.END);

    FrameLog elsewhere = kafka.backend().frameLog();
    FrameLogReader reader = elsewhere.openReader(OTHER, LogPosition.EARLIEST);
    List<LogEntry> all = Entries.readToEnd(reader);
    assertThat(all).containsExactly(Entries.END);
    assertThat(kafka.counts).containsEntry("skipped corrupt", 1L);
  }

  @ParameterizedTest
  @EnumSource
  void damageOfTheIndex_isFound_whenFramesAreFollowedToo(DamagedDisk disk) throws Exception {
    FrameLog log = kafka.backend().frameLog();
    FrameLogWriter writer = log.openWriter(STREAM);
    Entries.begin(writer, 0);
    Entries.write(writer, 0, 10, 10);
    FrameLogReader reader = log.openReader(STREAM, LogPosition.EARLIEST);
    List<LogEntry> before = Entries.read(reader, 12);

    broker.stop();
    Path index = broker.records(index());
    SimpleRecord record =
        new SimpleRecord(
            System.currentTimeMillis(),
            OTHER.value().getBytes(StandardCharsets.UTF_8),
            new IndexRecord.Removed(7).write());
    disk.damage(DamagedDisk.append(index, DamagedDisk.end(index), record, record));
    broker.startAgain();
    await().atMost(SOON).until(() -> kafka.count("skipped corrupt") == 2);
    writer.append(Entries.END);

    assertThat(before).hasSize(12);
    assertThat(Entries.readToEnd(reader)).containsExactly(Entries.END);
    assertThat(kafka.counts).containsEntry("skipped corrupt", 2L);
  }

  private TopicPartition index() {
    return new TopicPartition(kafka.prefix + "stream-frames-index", 0);
  }

  @Test
  void damage_isToldFromOtherFailures_andWhereItIs() {
    TopicPartition first = new TopicPartition("a-1", 1);
    TopicPartition eleventh = new TopicPartition("a-1", 11);
    List<TopicPartition> all = List.of(first, eleventh);

    assertThat(
            Damage.toldBy(
                new KafkaException(
                    "Record batch for partition a-1-11 at offset 7 is invalid, cause: CRC"),
                all))
        .isEqualTo(eleventh);
    assertThat(
            Damage.toldBy(
                new KafkaException(
                    "Received exception when fetching the next record from a-1-1. If needed, please"
                        + " seek past the record to continue consumption."),
                all))
        .isEqualTo(first);
    assertThat(
            Damage.toldBy(
                new KafkaException(
                    "Failed to make progress reading messages at a-1-11=17. Received a non-empty"
                        + " fetch response from the server, but no complete records were found."),
                all))
        .isEqualTo(eleventh);
    CorruptRecordException nowhere =
        new CorruptRecordException("Invalid magic found in record: 87");
    assertThat(Damage.toldBy(nowhere, List.of(first))).isEqualTo(first);
    assertThat(Damage.toldBy(nowhere, all)).isNull();
    assertThat(Damage.toldBy(new KafkaException("no more sockets"), all)).isNull();
    assertThat(Damage.toldBy(new TimeoutException("of partition a-1-1 now"), all)).isNull();
  }
}
