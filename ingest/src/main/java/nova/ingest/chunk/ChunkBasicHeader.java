package nova.ingest.chunk;

import java.nio.ByteBuffer;

/// The chunk basic header: how much message header follows, and which chunk stream it is.
///
/// ```
/// | fmt (2) | 2..63 (6)                        |   csid 2..63
/// | fmt (2) | 0 (6)     | csid - 64 (8)        |   csid 64..319
/// | fmt (2) | 1 (6)     | csid - 64 (16, LE)   |   csid 64..65599
/// ```
///
/// Spec: RTMP 1.0 §5.3.1.1. *Immutable.*
///
/// @param format 0: 11 bytes of message header follow, 1: 7, 2: 3, 3: none
/// @param chunkStream chunk stream id, 2..65599
record ChunkBasicHeader(int format, int chunkStream) {
  static final int LARGEST_CHUNK_STREAM = 65_599;

  /// How many bytes a basic header has that begins with `first`.
  static int sizeOf(byte first) {
    return switch (first & 0x3f) {
      case 0 -> 2;
      case 1 -> 3;
      default -> 1;
    };
  }

  /// Format bits of a basic header that begins with `first`.
  static int formatOf(byte first) {
    return (first & 0xff) >>> 6;
  }

  /// Chunk stream id of a basic header of [#sizeOf] bytes at the start of `bytes`.
  static int chunkStreamOf(byte[] bytes) {
    return switch (bytes[0] & 0x3f) {
      case 0 -> 64 + (bytes[1] & 0xff);
      case 1 -> 64 + (bytes[1] & 0xff) + ((bytes[2] & 0xff) << 8);
      default -> bytes[0] & 0x3f;
    };
  }

  int size() {
    return chunkStream < 64 ? 1 : chunkStream < 320 ? 2 : 3;
  }

  void writeTo(ByteBuffer out) {
    int formatBits = format << 6;
    if (chunkStream < 64) {
      out.put((byte) (formatBits | chunkStream));
    } else if (chunkStream < 320) {
      out.put((byte) formatBits).put((byte) (chunkStream - 64));
    } else {
      int rest = chunkStream - 64;
      out.put((byte) (formatBits | 1)).put((byte) rest).put((byte) (rest >>> 8));
    }
  }
}
