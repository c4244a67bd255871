package nova.delivery.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.util.ArrayList;
import java.util.List;
import nova.core.Bytes;
import nova.delivery.ByteRange;

/// A body as pieces of shared memory. Each answer gets buffers of its own over that memory, because
/// Netty keeps positions in them; the bytes are never copied.
///
/// *Immutable.*
record Body(List<Bytes> chunks, long length) {
  /// Bytes handed to the network at once. Nearly every segment is one piece, because pieces of 256
  /// KiB cost two thirds of the throughput.
  static final int PIECE_BYTES = 4 * 1024 * 1024;

  Body {
    chunks = List.copyOf(chunks);
  }

  static Body of(List<Bytes> chunks) {
    long length = 0;
    for (Bytes chunk : chunks) {
      length += chunk.length();
    }
    return new Body(chunks, length);
  }

  static Body of(Bytes bytes) {
    return new Body(List.of(bytes), bytes.length());
  }

  Body slice(ByteRange range) {
    List<Bytes> slices = new ArrayList<>();
    long start = 0;
    for (Bytes chunk : chunks) {
      long from = Math.max(0, range.first() - start);
      long to = Math.min(chunk.length(), range.last() + 1 - start);
      if (from < to) {
        slices.add(chunk.slice((int) from, (int) to));
      }
      start += chunk.length();
    }
    return new Body(slices, range.length());
  }

  /// All of it as one buffer.
  Buffer buffer() {
    return buffer(chunks);
  }

  /// Its pieces in order, each of at most `pieceBytes`.
  List<Buffer> pieces(int pieceBytes) {
    List<Buffer> pieces = new ArrayList<>();
    List<Bytes> piece = new ArrayList<>();
    int size = 0;
    for (Bytes chunk : chunks) {
      int from = 0;
      while (from < chunk.length()) {
        int to = Math.min(chunk.length(), from + pieceBytes - size);
        piece.add(chunk.slice(from, to));
        size += to - from;
        from = to;
        if (size == pieceBytes) {
          pieces.add(buffer(piece));
          piece.clear();
          size = 0;
        }
      }
    }
    if (size > 0) {
      pieces.add(buffer(piece));
    }
    return pieces;
  }

  private static Buffer buffer(List<Bytes> chunks) {
    if (chunks.size() == 1) {
      return BufferInternal.buffer(Unpooled.wrappedBuffer(chunks.getFirst().asByteBuffer()));
    }
    ByteBuf[] buffers = new ByteBuf[chunks.size()];
    for (int i = 0; i < buffers.length; i++) {
      buffers[i] = Unpooled.wrappedBuffer(chunks.get(i).asByteBuffer());
    }
    // The first argument keeps Netty from merging many components into a copy.
    return BufferInternal.buffer(Unpooled.wrappedBuffer(buffers.length + 1, buffers));
  }
}
