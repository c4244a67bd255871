package nova.ingest.chunk;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import nova.core.Bytes;
import org.jspecify.annotations.Nullable;

/// Cuts messages into chunks, leaving out what the message before on the same chunk stream already
/// said. The extended timestamp is repeated on every chunk of a message, as the text asks.
///
/// Writing a Set Chunk Size message makes it take effect for what is written after it.
///
/// Spec: RTMP 1.0 §5.3. *Confined to its connection's thread.*
public final class ChunkWriter {
  private final Map<Integer, Sent> lastSent = new HashMap<>();
  private int chunkSize = 128;

  /// What the peer remembers of the last message on a chunk stream; `delta` is -1 after fmt 0.
  private record Sent(int type, int streamId, int length, long timestamp, long delta) {}

  /// The chunks of `message` on chunk stream `chunkStream`.
  public Bytes write(int chunkStream, RawMessage message) {
    if (chunkStream < 2 || chunkStream > ChunkBasicHeader.LARGEST_CHUNK_STREAM) {
      throw new IllegalArgumentException(
          "chunk stream %d (expected: 2..65599)".formatted(chunkStream));
    }
    if (message.payload().length() > RtmpLimits.LARGEST_MESSAGE) {
      throw new IllegalArgumentException(
          "message of %d bytes (expected: <= 16777215)".formatted(message.payload().length()));
    }
    Sent last = lastSent.get(chunkStream);
    int format = formatFor(message, last);
    long time = message.timestamp();
    long delta = -1;
    if (last != null && format != ChunkMessageHeader.ABSOLUTE) {
      delta = message.timestamp() - last.timestamp();
      time = delta;
    }
    lastSent.put(
        chunkStream,
        new Sent(
            message.type(),
            message.streamId(),
            message.payload().length(),
            message.timestamp(),
            delta));
    Bytes chunks = chunksOf(chunkStream, format, time, message);
    if (message.type() == RawMessage.SET_CHUNK_SIZE) {
      chunkSize = Math.min(message.payload().asByteBuffer().getInt(), RtmpLimits.LARGEST_MESSAGE);
    }
    return chunks;
  }

  /// fmt 3 is never used right after fmt 0: readers disagree about the delta it repeats.
  private static int formatFor(RawMessage message, @Nullable Sent last) {
    if (last == null
        || last.streamId() != message.streamId()
        || message.timestamp() < last.timestamp()) {
      return ChunkMessageHeader.ABSOLUTE;
    }
    if (last.type() != message.type() || last.length() != message.payload().length()) {
      return ChunkMessageHeader.SAME_STREAM;
    }
    return message.timestamp() - last.timestamp() == last.delta()
        ? ChunkMessageHeader.CONTINUED
        : ChunkMessageHeader.SAME_MESSAGE;
  }

  private Bytes chunksOf(int chunkStream, int format, long time, RawMessage message) {
    ByteBuffer payload = message.payload().asByteBuffer();
    ChunkBasicHeader first = new ChunkBasicHeader(format, chunkStream);
    ChunkBasicHeader next = new ChunkBasicHeader(ChunkMessageHeader.CONTINUED, chunkStream);
    int extended = time >= ChunkMessageHeader.EXTENDED ? ChunkMessageHeader.EXTENDED_SIZE : 0;
    int continuations = Math.max(0, (payload.remaining() - 1) / chunkSize);
    ByteBuffer out =
        ByteBuffer.allocate(
            first.size()
                + ChunkMessageHeader.sizeOf(format)
                + extended
                + payload.remaining()
                + continuations * (next.size() + extended));
    first.writeTo(out);
    ChunkMessageHeader.write(out, format, time, message);
    while (true) {
      int count = Math.min(chunkSize, payload.remaining());
      out.put(payload.slice(payload.position(), count));
      payload.position(payload.position() + count);
      if (!payload.hasRemaining()) {
        return Bytes.wrap(out.flip());
      }
      next.writeTo(out);
      ChunkMessageHeader.write(out, ChunkMessageHeader.CONTINUED, time, message);
    }
  }
}
