package nova.media.flv;

import nova.core.Bytes;
import nova.media.bytes.ByteWriter;

/// Writes an FLV file piece by piece: its header, then tag after tag.
///
///     header 9 (data offset UI32 last) | previous tag size 4
///     { type 8 | data size UI24 | timestamp UI24 + high UI8 | stream id UI24 | data | size 4 }*
///
/// Spec: FLV E.2, E.3, E.4.1. *Thread-safe.*
public final class FlvTagWriter {
  private static final int FILE_HEADER_LENGTH = 9;
  private static final int TAG_HEADER_LENGTH = 11;
  private static final int PREVIOUS_TAG_SIZE_LENGTH = 4;
  private static final int SIGNATURE = 0x464c56; // "FLV"
  private static final int VERSION = 1;
  private static final int HAS_AUDIO = 0x04;
  private static final int HAS_VIDEO = 0x01;
  private static final int MAX_DATA_LENGTH = 0xff_ffff; // 24 bits

  private FlvTagWriter() {}

  /// What a file begins with.
  public static Bytes fileHeader(boolean video, boolean audio) {
    return new ByteWriter(FILE_HEADER_LENGTH + PREVIOUS_TAG_SIZE_LENGTH)
        .u24(SIGNATURE)
        .u8(VERSION)
        .u8((audio ? HAS_AUDIO : 0) | (video ? HAS_VIDEO : 0)) // TypeFlags
        .u32(FILE_HEADER_LENGTH) // DataOffset
        .u32(0) // PreviousTagSize0
        .toBytes();
  }

  /// A tag and its size. Of the timestamp the low 32 bits are written: it wraps after 49 days.
  ///
  /// @throws IllegalArgumentException when the payload is longer than the format can say
  public static Bytes write(FlvTag tag) {
    int length = tag.payload().length();
    if (length > MAX_DATA_LENGTH) {
      throw new IllegalArgumentException(
          "FLV tag of %d bytes (expected: <= %d)".formatted(length, MAX_DATA_LENGTH));
    }
    return new ByteWriter(TAG_HEADER_LENGTH + length + PREVIOUS_TAG_SIZE_LENGTH)
        .u8(type(tag)) // Reserved, Filter, TagType
        .u24(length) // DataSize
        .u24((int) tag.timestampMs() & 0xff_ffff) // Timestamp
        .u8((int) (tag.timestampMs() >>> 24)) // TimestampExtended
        .u24(0) // StreamID
        .bytes(tag.payload())
        .u32(TAG_HEADER_LENGTH + length) // PreviousTagSize
        .toBytes();
  }

  private static int type(FlvTag tag) {
    return switch (tag) {
      case FlvTag.FlvAudioTag _ -> FlvTag.TYPE_AUDIO;
      case FlvTag.FlvVideoTag _ -> FlvTag.TYPE_VIDEO;
      case FlvTag.FlvScriptTag _ -> FlvTag.TYPE_SCRIPT;
    };
  }
}
