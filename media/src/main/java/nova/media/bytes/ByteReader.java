package nova.media.bytes;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import nova.core.Bytes;
import nova.media.MalformedMediaException;

/// A big-endian cursor over [Bytes]. Reading past the end throws [MalformedMediaException] with the
/// reason `truncated-<structure>` and the position, before anything is allocated.
///
/// *Confined to its creator's thread.*
public final class ByteReader {
  private final Bytes bytes;
  private final ByteBuffer memory;
  private final String structure;
  private final int origin;
  private int position;

  /// @param structure kebab-case name of what is being read, such as `avc-configuration`
  public ByteReader(Bytes bytes, String structure) {
    this(bytes, structure, 0);
  }

  private ByteReader(Bytes bytes, String structure, int origin) {
    this.bytes = bytes;
    this.memory = bytes.asByteBuffer();
    this.structure = structure;
    this.origin = origin;
  }

  /// Bytes read or skipped so far by this reader.
  public int position() {
    return position;
  }

  /// Where this reader stands in the outermost structure: the number to print in messages.
  public int offset() {
    return origin + position;
  }

  /// Bytes left.
  public int remaining() {
    return bytes.length() - position;
  }

  public boolean isExhausted() {
    return remaining() == 0;
  }

  /// The next byte as 0..255 without moving.
  public int peekU8() {
    int at = advance(1);
    position = at;
    return memory.get(at) & 0xff;
  }

  public int u8() {
    return memory.get(advance(1)) & 0xff;
  }

  public int u16() {
    return memory.getShort(advance(2)) & 0xffff;
  }

  public int s16() {
    return memory.getShort(advance(2));
  }

  public int u24() {
    int at = advance(3);
    return (memory.getShort(at) & 0xffff) << 8 | (memory.get(at + 2) & 0xff);
  }

  public int s24() {
    return u24() << 8 >> 8;
  }

  public long u32() {
    return memory.getInt(advance(4)) & 0xffff_ffffL;
  }

  public int s32() {
    return memory.getInt(advance(4));
  }

  /// 64 bits; values above `Long.MAX_VALUE` come out negative.
  public long u64() {
    return memory.getLong(advance(8));
  }

  /// An IEEE 754 double.
  public double float64() {
    return memory.getDouble(advance(8));
  }

  public FourCc fourCc() {
    return new FourCc(s32());
  }

  /// The next `length` bytes, sharing memory.
  public Bytes bytes(long length) {
    int at = advance(length);
    return bytes.slice(at, position);
  }

  /// All bytes that are left, sharing memory.
  public Bytes rest() {
    return bytes(remaining());
  }

  /// The next `length` bytes as UTF-8; malformed sequences become U+FFFD.
  public String utf8(long length) {
    int at = advance(length);
    return StandardCharsets.UTF_8.decode(memory.slice(at, (int) length)).toString();
  }

  public void skip(long length) {
    advance(length);
  }

  /// A reader confined to the next `length` bytes, which this reader skips.
  public ByteReader inner(long length) {
    int at = advance(length);
    return new ByteReader(bytes.slice(at, position), structure, origin + at);
  }

  private int advance(long length) {
    if (length < 0 || length > remaining()) {
      throw new MalformedMediaException(
          "truncated-" + structure,
          "%s ends early: %d bytes wanted at offset 0x%x (expected: <= %d, which is all that is left)"
              .formatted(structure.replace('-', ' '), length, offset(), remaining()));
    }
    int at = position;
    position += (int) length;
    return at;
  }
}
