package nova.ingest.chunk;

import java.nio.ByteBuffer;

/// The chunk message header in its four forms.
///
/// ```
/// fmt 0 | timestamp (24) | length (24) | type (8) | message stream id (32, LE) |
/// fmt 1 | delta (24)     | length (24) | type (8) |
/// fmt 2 | delta (24)     |
/// fmt 3 |
/// ```
///
/// A time of 0xffffff means that the real one follows as an extended timestamp of 32 bits.
///
/// Spec: RTMP 1.0 §5.3.1.2, §5.3.1.3
final class ChunkMessageHeader {
  static final int ABSOLUTE = 0;
  static final int SAME_STREAM = 1;
  static final int SAME_MESSAGE = 2;
  static final int CONTINUED = 3;

  /// The 24-bit time field that announces an extended timestamp.
  static final int EXTENDED = 0xff_ffff;

  /// Bytes of an extended timestamp.
  static final int EXTENDED_SIZE = 4;

  private static final int[] SIZES = {11, 7, 3, 0};

  private ChunkMessageHeader() {}

  static int sizeOf(int format) {
    return SIZES[format];
  }

  static int timeOf(byte[] header) {
    return unsigned24(header, 0);
  }

  static int lengthOf(byte[] header) {
    return unsigned24(header, 3);
  }

  static int typeOf(byte[] header) {
    return header[6] & 0xff;
  }

  static int streamIdOf(byte[] header) {
    return (header[7] & 0xff)
        | (header[8] & 0xff) << 8
        | (header[9] & 0xff) << 16
        | (header[10] & 0xff) << 24;
  }

  /// Writes a header of `format` for `message`, `time` being its timestamp or delta as an unsigned
  /// 32-bit number; the extended timestamp follows where it is needed.
  static void write(ByteBuffer out, int format, long time, RawMessage message) {
    if (format < CONTINUED) {
      put24(out, (int) Math.min(time, EXTENDED));
    }
    if (format < SAME_MESSAGE) {
      put24(out, message.payload().length());
      out.put((byte) message.type());
    }
    if (format == ABSOLUTE) {
      out.putInt(Integer.reverseBytes(message.streamId()));
    }
    if (time >= EXTENDED) {
      out.putInt((int) time);
    }
  }

  private static int unsigned24(byte[] bytes, int at) {
    return (bytes[at] & 0xff) << 16 | (bytes[at + 1] & 0xff) << 8 | (bytes[at + 2] & 0xff);
  }

  private static void put24(ByteBuffer out, int value) {
    out.put((byte) (value >>> 16)).put((byte) (value >>> 8)).put((byte) value);
  }
}
