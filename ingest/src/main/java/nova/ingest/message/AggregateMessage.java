package nova.ingest.message;

import java.util.ArrayList;
import java.util.List;
import nova.core.Bytes;
import nova.ingest.chunk.RawMessage;
import nova.media.bytes.ByteReader;

/// Type 22: several messages in one, laid out like the tags of an FLV file.
///
/// ```
/// | type (8) | size (24) | timestamp low (24) | timestamp high (8) | stream id (24) | data |
/// | back pointer (32) = size + 11 |    repeated
/// ```
///
/// Inner times count from the first inner message; the aggregate's own time says when that one is.
/// The aggregate's stream id overrides the inner ones.
///
/// Spec: RTMP 1.0 §7.1.6. *Immutable.*
public record AggregateMessage(List<RawMessage> messages) implements RtmpMessage {
  static final int TYPE = 22;
  private static final int HEADER = 11;
  private static final int BACK_POINTER = 4;
  private static final long UNSIGNED_32 = 0xffff_ffffL;

  public AggregateMessage {
    messages = List.copyOf(messages);
  }

  /// Reads what is whole; a truncated last message is left out.
  static AggregateMessage read(RawMessage aggregate) {
    ByteReader in = new ByteReader(aggregate.payload(), "aggregate-message");
    List<RawMessage> messages = new ArrayList<>();
    long shift = 0;
    while (in.remaining() >= HEADER) {
      int type = in.u8();
      int size = in.u24();
      long timestamp = in.u24() | (long) in.u8() << 24;
      in.skip(3); // stream id
      if (in.remaining() < size) {
        break;
      }
      // A copy of its own: one small frame kept must not keep the whole aggregate in memory.
      Bytes data = Bytes.wrap(in.bytes(size).toByteArray());
      in.skip(Math.min(BACK_POINTER, in.remaining())); // the last one may be missing
      if (messages.isEmpty()) {
        shift = aggregate.timestamp() - timestamp;
      }
      if (type != TYPE) { // nesting would only multiply work
        messages.add(
            new RawMessage(type, aggregate.streamId(), (timestamp + shift) & UNSIGNED_32, data));
      }
    }
    return new AggregateMessage(messages);
  }
}
