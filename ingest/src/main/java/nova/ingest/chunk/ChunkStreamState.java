package nova.ingest.chunk;

import java.nio.ByteBuffer;
import java.util.Arrays;
import nova.core.Bytes;
import org.jspecify.annotations.Nullable;

/// What a reader remembers of one chunk stream: the last header, for headers that leave fields out,
/// and the message that is being put together.
///
/// *Confined to its reader's thread.*
final class ChunkStreamState {
  /// A message up to this size gets its array at once, so that its bytes are copied exactly once;
  /// of a longer one only this much is believed before bytes arrive.
  private static final int TRUSTED_SIZE = 1 << 20;

  /// Largest timestamp of a fmt 0 chunk that a fmt 3 chunk may add again as its delta.
  private static final long LARGEST_REPEATED_TIMESTAMP = 1_000;

  int type;
  int streamId;
  int length;
  boolean extended; // the last fmt 0, 1 or 2 header carried an extended timestamp
  int extendedTime;

  private long timestamp; // unsigned 32 bits
  private long delta;
  private boolean seen;
  private boolean afterAbsolute; // the last fmt 0, 1 or 2 header was fmt 0
  private byte @Nullable [] payload;
  private int received;

  boolean isSeen() {
    return seen;
  }

  boolean isOpen() {
    return payload != null;
  }

  int missing() {
    return length - received;
  }

  /// The time of a fmt 0 header, or of any header on a chunk stream never used before. Old librtmp
  /// sends pings as fmt 1 on a fresh chunk stream.
  void timeIs(long absolute) {
    timestamp = absolute;
    delta = absolute; // §5.3.1.2.4: a fmt 3 message after fmt 0 adds that timestamp as its delta
    afterAbsolute = true;
    seen = true;
  }

  /// The time of a fmt 1 or 2 header.
  void timeAdvances(long by) {
    timestamp = (timestamp + by) & 0xffff_ffffL;
    delta = by;
    afterAbsolute = false;
  }

  /// The time of a new message that a fmt 3 header starts. Following the text of §5.3.1.2.4 after a
  /// fmt 0 chunk would double a late timestamp; only a value that can be a frame distance is added.
  void timeRepeats() {
    seen = true;
    if (!afterAbsolute || delta <= LARGEST_REPEATED_TIMESTAMP) {
      timestamp = (timestamp + delta) & 0xffff_ffffL;
    }
  }

  /// Opens a message of [#length] bytes and returns how much memory it holds.
  int open() {
    payload = new byte[Math.min(length, TRUSTED_SIZE)];
    received = 0;
    return payload.length;
  }

  /// Takes up to `count` payload bytes and returns by how much the held memory grew.
  int take(ByteBuffer in, int count) {
    byte[] into = requireOpen();
    int before = into.length;
    if (received + count > before) {
      into = Arrays.copyOf(into, Math.min(length, Math.max(received + count, before * 2)));
      payload = into;
    }
    in.get(into, received, count);
    received += count;
    return into.length - before;
  }

  /// The memory held by the open message.
  int heldBytes() {
    return payload == null ? 0 : payload.length;
  }

  /// Closes the message that is complete.
  RawMessage complete() {
    byte[] whole = requireOpen();
    payload = null;
    return new RawMessage(
        type, streamId, timestamp, whole.length == 0 ? Bytes.EMPTY : Bytes.wrap(whole));
  }

  /// Forgets the open message; the header stays in force.
  void abort() {
    payload = null;
    received = 0;
  }

  private byte[] requireOpen() {
    byte[] open = payload;
    if (open == null) {
      throw new IllegalStateException("no message is open on this chunk stream");
    }
    return open;
  }
}
