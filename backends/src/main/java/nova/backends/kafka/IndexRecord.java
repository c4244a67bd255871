package nova.backends.kafka;

import nova.core.Bytes;
import nova.media.MalformedMediaException;
import nova.media.UnsupportedMediaException;
import nova.media.bytes.ByteReader;
import nova.media.bytes.ByteWriter;

/// The value of a record of the topic `stream-frames-index`; its key is the stream's id.
///
///     version 1 | type 1 | body
///
///     1 Announced
///     2 Opened      writer 8 | partition 4 | offset 8
///     3 Keyframe    writer 8 | partition 4 | offset 8 | last segment before 8
///     4 Removed     process 8
///
/// Integers are big-endian. The offset of an `Announced` is its writer's number.
///
/// *Immutable.*
sealed interface IndexRecord {
  /// The version this code writes, and the only one it reads.
  int VERSION = 1;

  /// A writer is about to begin: earlier ones are fenced, and keyframes of theirs that are indexed
  /// from here on count for nothing.
  record Announced() implements IndexRecord {}

  /// A writer began.
  ///
  /// @param writer its number
  /// @param partition of the frames of its stream
  /// @param offset of its fence there
  record Opened(long writer, int partition, long offset) implements IndexRecord {}

  /// A keyframe is in the log, with everything before it.
  ///
  /// @param offset of its head in the partition
  /// @param lastSegment the highest number of a segment before it
  record Keyframe(long writer, int partition, long offset, long lastSegment)
      implements IndexRecord {}

  /// The stream's log is removed; what follows is another one.
  ///
  /// @param process a number of the process that removed it
  record Removed(long process) implements IndexRecord {}

  /// The record's value.
  default byte[] write() {
    ByteWriter out = new ByteWriter(30);
    switch (this) {
      case Announced _ -> out.u8(VERSION).u8(1);
      case Opened(long writer, int partition, long offset) ->
          out.u8(VERSION).u8(2).u64(writer).u32(partition).u64(offset);
      case Keyframe(long writer, int partition, long offset, long lastSegment) ->
          out.u8(VERSION).u8(3).u64(writer).u32(partition).u64(offset).u64(lastSegment);
      case Removed(long process) -> out.u8(VERSION).u8(4).u64(process);
    }
    return out.toBytes().toByteArray();
  }

  /// Reads a value.
  ///
  /// @throws MalformedMediaException when it is nothing of ours, or damaged
  /// @throws UnsupportedMediaException when another version wrote it
  static IndexRecord read(Bytes value) {
    ByteReader in = new ByteReader(value, "index-record");
    int version = in.u8();
    if (version != VERSION) {
      throw new UnsupportedMediaException(
          "index-record-version",
          "record of the index of version %d (expected: %d)".formatted(version, VERSION));
    }
    int type = in.u8();
    IndexRecord record =
        switch (type) {
          case 1 -> new Announced();
          case 2 -> new Opened(natural(in.u64()), (int) natural(in.s32()), natural(in.u64()));
          case 3 ->
              new Keyframe(
                  natural(in.u64()), (int) natural(in.s32()), natural(in.u64()), natural(in.u64()));
          case 4 -> new Removed(in.u64());
          default -> throw malformed("type", type, "1..4");
        };
    if (!in.isExhausted()) {
      throw malformed("number of bytes left", in.remaining(), "0");
    }
    return record;
  }

  private static long natural(long value) {
    if (value < 0) {
      throw malformed("number", value, ">= 0");
    }
    return value;
  }

  private static MalformedMediaException malformed(String what, long value, String expected) {
    return new MalformedMediaException(
        "bad-index-record",
        "record of the index with %s %d (expected: %s)".formatted(what, value, expected));
  }
}
