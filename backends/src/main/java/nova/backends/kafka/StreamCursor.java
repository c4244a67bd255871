package nova.backends.kafka;

import nova.backends.kafka.FrameRecord.Fence;
import nova.backends.kafka.FrameRecord.Head;
import nova.backends.kafka.FrameRecord.Piece;
import nova.backends.kafka.FrameRecord.Single;
import nova.core.Bytes;
import nova.framelog.LogCheckpoint;
import nova.framelog.LogEntry;
import nova.framelog.LogWireFormat;
import nova.media.MediaException;
import org.jspecify.annotations.Nullable;

/// Makes one stream's entries of its records, in the order of the log: leaves out what fenced
/// writers appended, puts pieces together, and where entries are missing goes on at the next head.
///
/// What comes out depends on the records alone, so all readers agree, and so does the next writer
/// about where the log ends.
///
/// *Confined to its reader's thread.*
final class StreamCursor {
  private final Output output;
  private final KafkaMetrics metrics;
  private final Pieces pieces = new Pieces();
  private long writer = -1; // the highest number seen
  private boolean writerIsNew; // none of its entries came yet
  private long expected; // number of the next entry
  private boolean begun; // `expected` is known
  private boolean emitted; // anything
  private boolean seeking; // the next head
  private long skipped;

  /// Takes what comes out.
  interface Output {
    /// The entries that follow begin here, and are not those after the ones before.
    void begin(LogCheckpoint checkpoint);

    /// The next entry.
    void entry(LogEntry entry);
  }

  StreamCursor(Output output, KafkaMetrics metrics) {
    this.output = output;
    this.metrics = metrics;
  }

  /// Begins at the first fence of a stream.
  void beginAtOrigin() {
    begun = true;
    seeking = false;
    expected = 0;
  }

  /// Begins at the next head, or goes on there.
  void seekHead() {
    seeking = true;
    dropPieces();
  }

  /// The highest number of a writer; negative while there was none.
  long writer() {
    return writer;
  }

  /// Number of the next entry.
  long expected() {
    return expected;
  }

  /// Whether it is known which entry is next.
  boolean hasBegun() {
    return begun;
  }

  /// Entries that should have come and did not. What was gone before the first came does not count.
  long skipped() {
    return skipped;
  }

  /// Bytes of pieces that wait for others.
  long heldBytes() {
    return pieces.bytes();
  }

  /// Takes the next record of the stream.
  void accept(FrameRecord record) {
    if (record.writer() < writer) {
      metrics.recordsSkipped("fenced", 1);
      return;
    }
    if (record.writer() > writer) {
      writer = record.writer();
      writerIsNew = true;
      dropPieces();
    }
    switch (record) {
      case Fence _ -> {}
      case Head head -> {
        if (seeking || head.sequence() > expected) {
          begin(head);
        }
      }
      case Single single -> {
        if (isNext(single.sequence())) {
          emit(single.entry());
        }
      }
      case Piece piece -> {
        if (isNext(piece.sequence())) {
          add(piece);
        }
      }
    }
  }

  private void begin(Head head) {
    if (begun && emitted) {
      skipped += Math.max(0, head.sequence() - expected);
    }
    emitted = true;
    dropPieces();
    begun = true;
    seeking = false;
    writerIsNew = false;
    expected = head.sequence();
    output.begin(head.checkpoint());
  }

  private boolean isNext(long sequence) {
    boolean first = writerIsNew;
    writerIsNew = false;
    if (begun && sequence == expected && (first || !seeking)) {
      seeking = false; // a new writer goes on behind what was lost to the one before
      return true;
    }
    if (!seeking) {
      if (sequence < expected && !first) {
        metrics.recordsSkipped("repeated", 1);
      } else {
        metrics.recordsSkipped("lost", 1);
        seekHead();
      }
    }
    return false;
  }

  private void add(Piece piece) {
    switch (pieces.add(piece)) {
      case Pieces.Outcome.More _ -> {}
      case Pieces.Outcome.Broken(int dropped) -> {
        metrics.recordsSkipped("incomplete", dropped);
        seekHead();
      }
      case Pieces.Outcome.Whole(Bytes bytes) -> {
        LogEntry entry = read(bytes);
        if (entry == null) {
          metrics.recordsSkipped("corrupt", piece.count());
          seekHead();
        } else {
          emit(entry);
        }
      }
    }
  }

  private static @Nullable LogEntry read(Bytes bytes) {
    try {
      return LogWireFormat.read(bytes);
    } catch (MediaException e) {
      return null;
    }
  }

  private void emit(LogEntry entry) {
    emitted = true;
    expected++;
    output.entry(entry);
  }

  private void dropPieces() {
    int count = pieces.clear();
    if (count > 0) {
      metrics.recordsSkipped("incomplete", count);
    }
  }
}
