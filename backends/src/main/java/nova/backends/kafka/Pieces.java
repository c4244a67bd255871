package nova.backends.kafka;

import java.util.ArrayList;
import java.util.List;
import nova.backends.kafka.FrameRecord.Piece;
import nova.core.Bytes;
import nova.framelog.LogWireFormat;
import nova.media.bytes.ByteWriter;

/// The pieces of one entry, put together; at most as large as an entry may be.
///
/// *Confined to its reader's thread.*
final class Pieces {
  private final List<Bytes> parts = new ArrayList<>();
  private int count;
  private long bytes;

  /// What a piece made of those before.
  sealed interface Outcome {
    /// Others are to come.
    record More() implements Outcome {}

    /// The entry is complete.
    record Whole(Bytes entry) implements Outcome {}

    /// It does not fit those before; all are dropped.
    ///
    /// @param pieces that were, this one among them
    record Broken(int pieces) implements Outcome {}
  }

  Outcome add(Piece piece) {
    boolean fits =
        piece.index() == parts.size()
            && (parts.isEmpty() || piece.count() == count)
            && bytes + piece.bytes().length() <= LogWireFormat.MAX_ENTRY_BYTES;
    if (!fits) {
      return new Outcome.Broken(clear() + 1);
    }
    count = piece.count();
    parts.add(piece.bytes());
    bytes += piece.bytes().length();
    if (parts.size() < count) {
      return new Outcome.More();
    }
    ByteWriter whole = new ByteWriter((int) bytes);
    parts.forEach(whole::bytes);
    int _ = clear();
    return new Outcome.Whole(whole.toBytes());
  }

  /// Drops what there is.
  ///
  /// @return how many pieces that was
  int clear() {
    int dropped = parts.size();
    parts.clear();
    bytes = 0;
    return dropped;
  }

  long bytes() {
    return bytes;
  }
}
