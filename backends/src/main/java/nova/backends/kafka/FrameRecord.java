package nova.backends.kafka;

import java.util.ArrayList;
import java.util.List;
import nova.core.Bytes;
import nova.framelog.CheckpointWireFormat;
import nova.framelog.LogCheckpoint;
import nova.framelog.LogEntry;
import nova.framelog.LogWireFormat;
import nova.media.LimitExceededException;
import nova.media.MalformedMediaException;
import nova.media.UnsupportedMediaException;
import nova.media.bytes.ByteReader;
import nova.media.bytes.ByteWriter;

/// The value of a record of the topic `stream-frames`; its key is the stream's id.
///
///     version 1 | type 1 | writer 8 | sequence 8 | body
///
///     1 Fence     (sequence 0)
///     2 Single    log entry (see LogWireFormat)
///     3 Piece     index 2 | count 2 | part of a log entry
///     4 Head      checkpoint (see CheckpointWireFormat)
///
/// Integers are big-endian. Writers have numbers that rise. A writer begins with a `Fence`, and
/// what an earlier one appends after that counts for nothing. Entries are numbered from 0 within
/// their stream, across its writers; an entry that is too large for one record is in pieces, which
/// follow each other and have its number. A `Head` stands before a keyframe and has the number of
/// the entry that follows it.
///
/// *Immutable.*
sealed interface FrameRecord {
  /// The version this code writes, and the only one it reads.
  int VERSION = 1;

  /// Bytes of a value before its entry.
  int HEAD_BYTES = 18;

  /// The number of the writer that appended it.
  long writer();

  /// A writer begins.
  record Fence(long writer) implements FrameRecord {}

  /// An entry.
  record Single(long writer, long sequence, LogEntry entry) implements FrameRecord {}

  /// A part of an entry.
  ///
  /// @param index from 0
  /// @param count of the parts of this entry, 2 at least
  record Piece(long writer, long sequence, int index, int count, Bytes bytes)
      implements FrameRecord {}

  /// What a reader must know that begins at the next entry.
  record Head(long writer, long sequence, LogCheckpoint checkpoint) implements FrameRecord {}

  /// The value of a fence.
  static byte[] fence(long writer) {
    return array(head(new ByteWriter(HEAD_BYTES), Type.FENCE, writer, 0));
  }

  /// The value of a head.
  static byte[] head(long writer, long sequence, LogCheckpoint checkpoint) {
    ByteWriter out = new ByteWriter(HEAD_BYTES + CheckpointWireFormat.expectedBytes(checkpoint));
    CheckpointWireFormat.write(checkpoint, head(out, Type.HEAD, writer, sequence));
    return array(out);
  }

  /// The values of the records of one entry: one, or several that are as large as they may be.
  ///
  /// @throws LimitExceededException when the entry is larger than any may be
  static List<byte[]> entry(long writer, long sequence, LogEntry entry, int largest) {
    Bytes bytes = LogWireFormat.write(entry);
    if (HEAD_BYTES + bytes.length() <= largest) {
      ByteWriter out = new ByteWriter(HEAD_BYTES + bytes.length());
      return List.of(array(head(out, Type.SINGLE, writer, sequence).bytes(bytes)));
    }
    int room = largest - HEAD_BYTES - 4;
    int count = Math.ceilDiv(bytes.length(), room);
    List<byte[]> pieces = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      Bytes part = bytes.slice(i * room, Math.min(bytes.length(), (i + 1) * room));
      ByteWriter out = new ByteWriter(HEAD_BYTES + 4 + part.length());
      pieces.add(array(head(out, Type.PIECE, writer, sequence).u16(i).u16(count).bytes(part)));
    }
    return pieces;
  }

  /// Reads a value, whose memory what is read shares.
  ///
  /// @throws MalformedMediaException when it is nothing of ours, or damaged
  /// @throws UnsupportedMediaException when another version wrote it
  /// @throws LimitExceededException when it holds an entry larger than any may be
  static FrameRecord read(Bytes value) {
    ByteReader in = new ByteReader(value, "frame-record");
    int version = in.u8();
    if (version != VERSION) {
      throw new UnsupportedMediaException(
          "frame-record-version",
          "record of frames of version %d (expected: %d)".formatted(version, VERSION));
    }
    int type = in.u8();
    long writer = natural("writer", in.u64());
    long sequence = natural("sequence", in.u64());
    return switch (type) {
      case Type.FENCE -> new Fence(writer);
      case Type.SINGLE -> new Single(writer, sequence, LogWireFormat.read(in.rest()));
      case Type.PIECE -> piece(writer, sequence, in);
      case Type.HEAD -> new Head(writer, sequence, CheckpointWireFormat.read(in.rest()));
      default -> throw malformed("type", type, "1..4");
    };
  }

  private static Piece piece(long writer, long sequence, ByteReader in) {
    int index = in.u16();
    int count = in.u16();
    if (count < 2 || index >= count) {
      throw malformed("index %d of pieces".formatted(index), count, "2 at least and more");
    }
    return new Piece(writer, sequence, index, count, in.rest());
  }

  private static long natural(String what, long value) {
    if (value < 0) {
      throw malformed(what, value, ">= 0");
    }
    return value;
  }

  private static MalformedMediaException malformed(String what, long value, String expected) {
    return new MalformedMediaException(
        "bad-frame-record",
        "record of frames with %s %d (expected: %s)".formatted(what, value, expected));
  }

  private static ByteWriter head(ByteWriter out, int type, long writer, long sequence) {
    return out.u8(VERSION).u8(type).u64(writer).u64(sequence);
  }

  private static byte[] array(ByteWriter out) {
    return out.toBytes().toByteArray();
  }

  /// Codes of the types.
  final class Type {
    static final int FENCE = 1;
    static final int SINGLE = 2;
    static final int PIECE = 3;
    static final int HEAD = 4;

    private Type() {}
  }
}
