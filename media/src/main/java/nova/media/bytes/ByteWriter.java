package nova.media.bytes;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import nova.core.Bytes;

/// A big-endian writer into an array that grows. Sizes that are known only later are written with
/// [#markU32()] and filled in with [#patchU32] or [#patchSizeSince].
///
/// *Confined to its creator's thread.*
public final class ByteWriter {
  private static final byte[] NOTHING = {};

  private byte[] array;
  private ByteBuffer memory;
  private int length;

  public ByteWriter() {
    this(64);
  }

  /// @param expectedLength how many bytes to make room for at first
  public ByteWriter(int expectedLength) {
    array = new byte[expectedLength];
    memory = ByteBuffer.wrap(array);
  }

  /// Bytes written so far.
  public int length() {
    return length;
  }

  public ByteWriter u8(int value) {
    int at = advance(1);
    memory.put(at, (byte) value);
    return this;
  }

  public ByteWriter u16(int value) {
    int at = advance(2);
    memory.putShort(at, (short) value);
    return this;
  }

  /// Three bytes; a negative value is written in two's complement.
  public ByteWriter u24(int value) {
    int at = advance(3);
    memory.putShort(at, (short) (value >> 8));
    memory.put(at + 2, (byte) value);
    return this;
  }

  /// Four bytes, the low 32 bits of `value`.
  public ByteWriter u32(long value) {
    int at = advance(4);
    memory.putInt(at, (int) value);
    return this;
  }

  public ByteWriter u64(long value) {
    int at = advance(8);
    memory.putLong(at, value);
    return this;
  }

  /// An IEEE 754 double.
  public ByteWriter float64(double value) {
    int at = advance(8);
    memory.putDouble(at, value);
    return this;
  }

  public ByteWriter fourCc(FourCc code) {
    return u32(code.value());
  }

  public ByteWriter bytes(Bytes bytes) {
    int at = advance(bytes.length());
    bytes.copyTo(memory.position(at));
    return this;
  }

  public ByteWriter bytes(byte[] bytes) {
    int at = advance(bytes.length);
    memory.put(at, bytes);
    return this;
  }

  public ByteWriter zeros(int count) {
    int at = advance(count);
    Arrays.fill(array, at, at + count, (byte) 0);
    return this;
  }

  /// The UTF-8 bytes of `text`, without a length.
  public ByteWriter utf8(String text) {
    return bytes(text.getBytes(StandardCharsets.UTF_8));
  }

  /// Leaves four bytes to be filled in later and returns where they are.
  public int markU32() {
    int mark = length;
    u32(0);
    return mark;
  }

  /// Fills in the four bytes at `mark`.
  public void patchU32(int mark, long value) {
    Objects.checkFromIndexSize(mark, 4, length);
    memory.putInt(mark, (int) value);
  }

  /// Fills in the four bytes at `mark` with the number of bytes from `mark` on, themselves
  /// included, as the size of an MP4 box counts.
  public void patchSizeSince(int mark) {
    patchU32(mark, length - mark);
  }

  /// What was written, handed over without copying; the writer is empty afterwards.
  public Bytes toBytes() {
    Bytes written = Bytes.wrap(array, 0, length);
    array = NOTHING;
    memory = ByteBuffer.wrap(array);
    length = 0;
    return written;
  }

  private int advance(int count) {
    int at = length;
    int needed = Math.addExact(at, count);
    if (needed > array.length) {
      array =
          Arrays.copyOf(
              array,
              (int) Math.max(needed, Math.min(2L * array.length + 16, Integer.MAX_VALUE - 8)));
      memory = ByteBuffer.wrap(array);
    }
    length = needed;
    return at;
  }
}
