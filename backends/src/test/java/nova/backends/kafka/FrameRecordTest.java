package nova.backends.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nova.backends.kafka.FrameRecord.Fence;
import nova.backends.kafka.FrameRecord.Head;
import nova.backends.kafka.FrameRecord.Piece;
import nova.backends.kafka.FrameRecord.Single;
import nova.core.Bytes;
import nova.core.Epoch;
import nova.framelog.LogCheckpoint;
import nova.framelog.LogEntry;
import nova.framelog.LogEntry.StreamClosed;
import nova.framelog.LogTail;
import nova.media.MediaException;
import nova.media.UnsupportedMediaException;
import nova.testkit.FuzzTarget;
import org.junit.jupiter.api.Test;

class FrameRecordTest {
  private static final LogEntry ENTRY = new StreamClosed(true, "over");
  private static final LogCheckpoint CHECKPOINT =
      new LogCheckpoint(
          new LogTail(
              Optional.of(new Epoch(2)),
              9,
              Duration.ofNanos(7),
              Optional.of(Instant.ofEpochSecond(3, 4))),
          List.of(),
          List.of(new LogEntry.EpochStarted(new Epoch(2), 8, Instant.ofEpochSecond(1, 2))));

  private static final String FENCE = "01 01 0000000000000005 0000000000000000";
  private static final String SINGLE = "01 02 0000000000000005 0000000000000006 0105016f766572";
  private static final String HEAD =
      "01 04 0000000000000005 0000000000000006"
          + " 01 01 00000002 0000000000000009 0000000000000007 01 0000000000000003 00000004"
          + " 0000 0001 0000001a 0101 00000002 0000000000000008 0000000000000001 00000002";

  @Test
  void record_written_isItsVector() {
    assertThat(hex(FrameRecord.fence(5))).isEqualTo(bare(FENCE));
    assertThat(FrameRecord.entry(5, 6, ENTRY, 1_000)).hasSize(1);
    assertThat(hex(FrameRecord.entry(5, 6, ENTRY, 1_000).getFirst())).isEqualTo(bare(SINGLE));
    assertThat(hex(FrameRecord.head(5, 6, CHECKPOINT))).isEqualTo(bare(HEAD));
  }

  @Test
  void vector_read_isItsRecord() {
    assertThat(FrameRecord.read(Bytes.ofHex(FENCE))).isEqualTo(new Fence(5));
    assertThat(FrameRecord.read(Bytes.ofHex(SINGLE))).isEqualTo(new Single(5, 6, ENTRY));
    assertThat(FrameRecord.read(Bytes.ofHex(HEAD))).isEqualTo(new Head(5, 6, CHECKPOINT));
  }

  @Test
  void largeEntry_isInPieces_asLargeAsTheyMayBe_andWholeAgain() {
    LogEntry large = new StreamClosed(true, "x".repeat(1_000));

    List<byte[]> values = FrameRecord.entry(5, 6, large, 300);

    assertThat(values).hasSize(4).allMatch(value -> value.length <= 300);
    assertThat(values.subList(0, 3)).allMatch(value -> value.length == 300);
    assertThat(hex(values.get(1)))
        .startsWith(bare("01 03 0000000000000005 0000000000000006 0001 0004"));
    Pieces pieces = new Pieces();
    List<Pieces.Outcome> outcomes = new ArrayList<>();
    for (byte[] value : values) {
      outcomes.add(pieces.add((Piece) FrameRecord.read(Bytes.wrap(value))));
    }
    assertThat(outcomes.subList(0, 3)).containsOnly(new Pieces.Outcome.More());
    assertThat(outcomes.getLast())
        .isEqualTo(new Pieces.Outcome.Whole(nova.framelog.LogWireFormat.write(large)));
  }

  @Test
  void otherVersion_isRefusedWithASentence() {
    assertThatThrownBy(() -> FrameRecord.read(Bytes.ofHex("09 01")))
        .isInstanceOf(UnsupportedMediaException.class)
        .hasMessage("record of frames of version 9 (expected: 1)");
  }

  @Test
  void damage_isRefusedWithinBounds() {
    List<ByteBuffer> seeds = new ArrayList<>();
    for (String vector : List.of(FENCE, SINGLE, HEAD)) {
      seeds.add(Bytes.ofHex(vector).asByteBuffer());
    }
    seeds.add(
        ByteBuffer.wrap(
            FrameRecord.entry(5, 6, new StreamClosed(true, "x".repeat(99)), 60).getFirst()));
    new FuzzTarget(
            "frame-record",
            seeds,
            200,
            bytes -> {
              try {
                FrameRecord _ = FrameRecord.read(Bytes.wrap(bytes));
              } catch (MediaException e) {
                assertThat(e.getMessage()).isNotBlank();
              }
            })
        .attackWithDamage(5_000);
  }

  private static String hex(byte[] bytes) {
    return Bytes.wrap(bytes).toHex();
  }

  private static String bare(String hex) {
    return hex.replace(" ", "");
  }
}
