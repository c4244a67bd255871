package nova.backends.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
import nova.framelog.LogWireFormat;
import org.junit.jupiter.api.Test;

class StreamCursorTest {
  private final List<String> seen = new ArrayList<>();
  private final Map<String, Long> skipped = new HashMap<>();
  private final StreamCursor cursor =
      new StreamCursor(
          new StreamCursor.Output() {
            @Override
            public void begin(LogCheckpoint checkpoint) {
              seen.add("begin");
            }

            @Override
            public void entry(LogEntry entry) {
              seen.add(((StreamClosed) entry).reason());
            }
          },
          new KafkaMetrics() {
            @Override
            public void recordsSkipped(String reason, long count) {
              skipped.merge(reason, count, Long::sum);
            }
          });

  @Test
  void entriesOfOneWriter_comeInOrder() {
    cursor.beginAtOrigin();
    take(new Fence(1), single(1, 0), head(1, 1), single(1, 1), single(1, 2));

    assertThat(seen).containsExactly("1/0", "1/1", "1/2");
    assertThat(skipped).isEmpty();
  }

  @Test
  void fencedWriter_isLeftOut_howeverLongItSends() {
    cursor.beginAtOrigin();
    take(new Fence(1), single(1, 0), new Fence(5), single(1, 1), single(5, 1), single(1, 2));
    take(head(1, 3), single(5, 2), single(1, 3), new Fence(3), single(3, 3), single(5, 3));

    assertThat(seen).containsExactly("1/0", "5/1", "5/2", "5/3");
    assertThat(skipped).containsEntry("fenced", 6L);
  }

  @Test
  void laterFenceOfAnEarlierWriter_changesNothing() {
    cursor.beginAtOrigin();
    take(new Fence(5), new Fence(1), single(1, 0), single(5, 0));

    assertThat(seen).containsExactly("5/0");
  }

  @Test
  void reader_thatBeginsAtAHead_seesNothingBeforeIt() {
    cursor.seekHead();
    take(single(1, 7), head(1, 8), single(1, 8));

    assertThat(seen).containsExactly("begin", "1/8");
    assertThat(cursor.skipped()).isZero();
    assertThat(cursor.expected()).isEqualTo(9);
  }

  @Test
  void missingEntries_areCounted_andTheNextHeadGoesOn() {
    cursor.beginAtOrigin();
    take(new Fence(1), single(1, 0), single(1, 3), single(1, 4), head(1, 5), single(1, 5));

    assertThat(seen).containsExactly("1/0", "begin", "1/5");
    assertThat(cursor.skipped()).isEqualTo(4);
    assertThat(skipped).containsEntry("lost", 1L);
  }

  @Test
  void entriesThatWereGoneBeforeTheFirstCame_areNotCounted() {
    cursor.beginAtOrigin();
    cursor.seekHead();
    take(head(1, 500), single(1, 500));

    assertThat(seen).containsExactly("begin", "1/500");
    assertThat(cursor.skipped()).isZero();
  }

  @Test
  void newWriter_goesOnWhereTheOneBeforeLostEntries() {
    cursor.beginAtOrigin();
    take(new Fence(1), single(1, 0), single(1, 2), new Fence(4), single(4, 1), single(4, 2));

    assertThat(seen).containsExactly("1/0", "4/1", "4/2");
    assertThat(cursor.skipped()).isZero();
  }

  @Test
  void repeatedEntry_isLeftOut() {
    cursor.beginAtOrigin();
    take(new Fence(1), single(1, 0), single(1, 1), single(1, 0), single(1, 2));

    assertThat(seen).containsExactly("1/0", "1/1", "1/2");
    assertThat(skipped).containsEntry("repeated", 1L);
  }

  @Test
  void pieces_makeTheirEntry() {
    cursor.beginAtOrigin();
    take(new Fence(1), piece(1, 0, 0), piece(1, 0, 1));
    assertThat(cursor.heldBytes()).isPositive();
    take(piece(1, 0, 2), single(1, 1));

    assertThat(seen).containsExactly("whole", "1/1");
    assertThat(cursor.heldBytes()).isZero();
  }

  @Test
  void incompletePieces_ofAFencedWriter_areDropped() {
    cursor.beginAtOrigin();
    take(new Fence(1), piece(1, 0, 0), piece(1, 0, 1), new Fence(2), piece(1, 0, 2), single(2, 0));

    assertThat(seen).containsExactly("2/0");
    assertThat(skipped).containsEntry("incomplete", 2L).containsEntry("fenced", 1L);
  }

  @Test
  void pieceThatIsMissing_losesItsEntry_untilTheNextHead() {
    cursor.beginAtOrigin();
    take(new Fence(1), single(1, 0), piece(1, 1, 0), piece(1, 1, 2), single(1, 2));
    take(head(1, 3), single(1, 3));

    assertThat(seen).containsExactly("1/0", "begin", "1/3");
    assertThat(cursor.skipped()).isEqualTo(2);
    assertThat(skipped).as("pieces").containsEntry("incomplete", 2L);
  }

  @Test
  void piecesOfNothingOfOurs_areCountedOneByOne() {
    cursor.beginAtOrigin();
    Bytes nonsense = Bytes.wrap(new byte[] {-1, -1});
    take(new Fence(1), new Piece(1, 0, 0, 2, nonsense), new Piece(1, 0, 1, 2, nonsense));

    assertThat(seen).isEmpty();
    assertThat(skipped).containsOnlyKeys("corrupt").containsEntry("corrupt", 2L);
  }

  @Test
  void piecesThatNeverEnd_areBounded() {
    cursor.beginAtOrigin();
    Bytes large = Bytes.wrap(new byte[1 << 20]);
    for (int i = 0; i < 60; i++) {
      take(new Piece(1, 0, i, 1_000, large));
      assertThat(cursor.heldBytes()).isLessThanOrEqualTo(LogWireFormat.MAX_ENTRY_BYTES);
    }
    assertThat(skipped)
        .as("those that were held, and the one too many")
        .containsEntry("incomplete", 33L);
  }

  private void take(FrameRecord... records) {
    for (FrameRecord record : records) {
      cursor.accept(record);
    }
  }

  private static Single single(long writer, long sequence) {
    return new Single(writer, sequence, new StreamClosed(true, writer + "/" + sequence));
  }

  private static Head head(long writer, long sequence) {
    LogTail tail = new LogTail(Optional.of(new Epoch(0)), 1, Duration.ZERO, Optional.empty());
    return new Head(writer, sequence, new LogCheckpoint(tail, List.of(), List.of()));
  }

  /// One of three that are `whole`.
  private static Piece piece(long writer, long sequence, int index) {
    Bytes bytes = LogWireFormat.write(new StreamClosed(true, "whole"));
    int third = bytes.length() / 3;
    return new Piece(
        writer,
        sequence,
        index,
        3,
        bytes.slice(index * third, index == 2 ? bytes.length() : (index + 1) * third));
  }
}
