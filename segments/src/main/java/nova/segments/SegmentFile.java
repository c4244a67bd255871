package nova.segments;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nova.core.Bytes;

/// A complete segment in a file.
///
///     "NVSG" | format 1 | 0 3 | number of chunks 4 | length of each 4 | chunks
///
/// Integers are big-endian.
final class SegmentFile {
  private static final int MAGIC = 0x4e565347;
  private static final int FORMAT = 1 << 24;
  private static final int HEAD_BYTES = 12;
  private static final int MAX_CHUNKS = 1_000;
  private static final long MAX_BYTES = 256L << 20;

  private SegmentFile() {}

  /// What the file consists of.
  static List<ByteBuffer> write(List<Bytes> chunks) {
    if (chunks.size() > MAX_CHUNKS) {
      throw new IllegalArgumentException(
          "segment of %d parts (expected: <= %d)".formatted(chunks.size(), MAX_CHUNKS));
    }
    ByteBuffer head = ByteBuffer.allocate(HEAD_BYTES + Integer.BYTES * chunks.size());
    head.putInt(MAGIC).putInt(FORMAT).putInt(chunks.size());
    chunks.forEach(chunk -> head.putInt(chunk.length()));
    List<ByteBuffer> all = new ArrayList<>();
    all.add(head.flip());
    chunks.forEach(chunk -> all.add(chunk.asByteBuffer()));
    return all;
  }

  /// All chunks.
  ///
  /// @throws MalformedTimelineException when the file is not what [#write] made
  static List<Bytes> read(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      int[] lengths = lengths(channel);
      List<Bytes> chunks = new ArrayList<>(lengths.length);
      for (int length : lengths) {
        chunks.add(Bytes.wrap(next(channel, length)));
      }
      return chunks;
    }
  }

  /// One chunk; empty when there are fewer.
  ///
  /// @throws MalformedTimelineException when the file is not what [#write] made
  static Optional<Bytes> read(Path file, int index) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      int[] lengths = lengths(channel);
      if (index < 0 || index >= lengths.length) {
        return Optional.empty();
      }
      long at = channel.position();
      for (int i = 0; i < index; i++) {
        at += lengths[i];
      }
      channel.position(at);
      return Optional.of(Bytes.wrap(next(channel, lengths[index])));
    }
  }

  /// Leaves the channel where the chunks begin.
  private static int[] lengths(FileChannel channel) throws IOException {
    long size = channel.size();
    if (size < HEAD_BYTES || size > MAX_BYTES) {
      throw malformed("length", size);
    }
    ByteBuffer head = next(channel, HEAD_BYTES);
    if (head.getInt() != MAGIC || head.getInt() != FORMAT) {
      throw malformed("format", 0);
    }
    int count = head.getInt();
    if (count < 0 || count > MAX_CHUNKS || HEAD_BYTES + 4L * count > size) {
      throw malformed("number of parts", count);
    }
    ByteBuffer table = next(channel, Integer.BYTES * count);
    int[] lengths = new int[count];
    long sum = channel.position();
    for (int i = 0; i < count; i++) {
      lengths[i] = table.getInt();
      if (lengths[i] < 0) {
        throw malformed("length of a part", lengths[i]);
      }
      sum += lengths[i];
    }
    if (sum != size) {
      throw malformed("length", size);
    }
    return lengths;
  }

  private static ByteBuffer next(FileChannel channel, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes) < 0) {
        throw new EOFException("file became shorter");
      }
    }
    return bytes.flip();
  }

  private static MalformedTimelineException malformed(String what, long value) {
    return new MalformedTimelineException(
        "bad-segment-file", "segment file with the %s %d, which none has".formatted(what, value));
  }
}
