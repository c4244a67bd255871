package nova.framelog;

import static nova.framelog.SyntheticBroadcast.BEGIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import nova.core.Bytes;
import nova.core.DataSize;
import nova.core.StreamId;
import nova.framelog.LogEntry.EpochEnd;
import nova.framelog.SyntheticBroadcast.Arrival;
import nova.media.MalformedMediaException;
import nova.media.MediaException;
import nova.media.UnsupportedMediaException;
import nova.media.bytes.ByteWriter;
import nova.testkit.FuzzTarget;
import nova.testkit.Seeds;
import org.junit.jupiter.api.Test;

class CheckpointTest {
  @Test
  void tail_fromACheckpointAnywhere_isThatOfAllEntries() throws Exception {
    List<LogEntry> entries = twoEpochs();
    LogTailTracker all = new LogTailTracker();
    entries.forEach(all::add);

    Seeds.each(
        60,
        random -> {
          int at = random.nextInt(entries.size() + 1);
          LogTailTracker later = new LogTailTracker(checkpointAt(entries, at));
          entries.subList(at, entries.size()).forEach(later::add);
          assertThat(later.tail()).as("from entry %d", at).isEqualTo(all.tail());
        });
  }

  @Test
  void checkpoint_writtenAndRead_isItself() throws Exception {
    List<LogEntry> entries = twoEpochs();
    for (int at : new int[] {0, 1, 2, 3, 4, 200, entries.size()}) {
      LogCheckpoint checkpoint = checkpointAt(entries, at);
      assertThat(CheckpointWireFormat.read(written(checkpoint)))
          .as("at entry %d", at)
          .isEqualTo(checkpoint);
    }
  }

  @Test
  void checkpointOfAnotherVersion_isRefusedWithASentence() {
    assertThatThrownBy(() -> CheckpointWireFormat.read(Bytes.ofHex("02")))
        .isInstanceOf(UnsupportedMediaException.class)
        .hasMessageContaining("version 2 (expected: 1)");
  }

  @Test
  void bytesLeft_areRefused() throws Exception {
    Bytes whole = written(checkpointAt(twoEpochs(), 5));
    Bytes longer = new ByteWriter().bytes(whole).u8(0).toBytes();

    assertThatThrownBy(() -> CheckpointWireFormat.read(longer))
        .isInstanceOf(MalformedMediaException.class);
  }

  @Test
  void damage_isRefusedWithinBounds() throws Exception {
    new FuzzTarget(
            "log-checkpoint",
            List.of(written(checkpointAt(twoEpochs(), 200)).asByteBuffer()),
            200,
            bytes -> {
              try {
                LogCheckpoint _ = CheckpointWireFormat.read(Bytes.wrap(bytes));
              } catch (MediaException e) {
                assertThat(e.getMessage()).isNotBlank();
              }
            })
        .attackWithDamage(3_000);
  }

  private static Bytes written(LogCheckpoint checkpoint) {
    ByteWriter out = new ByteWriter(CheckpointWireFormat.expectedBytes(checkpoint));
    CheckpointWireFormat.write(checkpoint, out);
    return out.toBytes();
  }

  private static LogCheckpoint checkpointAt(List<LogEntry> entries, int at) {
    LogTailTracker tail = new LogTailTracker();
    FormatsInForce formats = new FormatsInForce();
    for (LogEntry entry : entries.subList(0, at)) {
      tail.add(entry);
      formats.add(entry);
    }
    return tail.checkpoint(formats.entries());
  }

  private static List<LogEntry> twoEpochs() throws InterruptedException {
    StreamId stream = new StreamId("stream1");
    InProcessFrameLog log =
        new InProcessFrameLog(new FrameLogConfig(Duration.ofHours(1), DataSize.ofMiB(32)));
    StreamLogWriter writer = new StreamLogWriter(log.openWriter(stream));
    for (int epoch = 0; epoch < 2; epoch++) {
      SyntheticBroadcast broadcast = SyntheticBroadcast.usual(2.5).withPayload(20);
      Duration later = Duration.ofSeconds(epoch * 9L);
      var _ = writer.startEpoch(broadcast.formats(), BEGIN.plus(later));
      for (Arrival arrival : broadcast.arrivals()) {
        var _ = writer.append(arrival.frame(), arrival.at().plus(later));
      }
      if (epoch == 0) {
        writer.endEpoch(EpochEnd.CONNECTION_LOST);
      }
    }
    List<LogEntry> entries = new ArrayList<>();
    try (FrameLogReader reader = log.openReader(stream, LogPosition.EARLIEST)) {
      for (List<LogEntry> batch = reader.read(Duration.ZERO);
          !batch.isEmpty();
          batch = reader.read(Duration.ZERO)) {
        entries.addAll(batch);
      }
    }
    return entries;
  }
}
