package nova.core;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Objects;

/// An immutable slice of bytes with content equality, on the heap or in direct memory.
///
/// Slicing shares memory. Whoever creates one with [#wrap(byte\[\])] or [#wrap(ByteBuffer)] gives
/// the memory away and must not write to it again. The garbage collector owns the memory in both
/// cases.
///
/// *Immutable.*
public final class Bytes {
  /// The slice of length zero.
  public static final Bytes EMPTY = new Bytes(ByteBuffer.allocate(0));

  private final ByteBuffer
      memory; // read-only view, position 0, limit = capacity = length; never moved

  private Bytes(ByteBuffer memory) {
    this.memory = memory.slice().asReadOnlyBuffer();
  }

  /// Wraps a whole array without copying.
  public static Bytes wrap(byte[] array) {
    return new Bytes(ByteBuffer.wrap(array));
  }

  /// Wraps part of an array without copying.
  public static Bytes wrap(byte[] array, int offset, int length) {
    return new Bytes(ByteBuffer.wrap(array, offset, length));
  }

  /// Wraps what remains of `buffer` without copying and without moving its position.
  public static Bytes wrap(ByteBuffer buffer) {
    return new Bytes(buffer);
  }

  /// Copies an array.
  public static Bytes copyOf(byte[] array) {
    return wrap(array.clone());
  }

  /// The bytes written in hexadecimal; spaces are ignored.
  public static Bytes ofHex(String hex) {
    return wrap(HexFormat.of().parseHex(hex.replace(" ", "")));
  }

  /// The UTF-8 bytes of `text`.
  public static Bytes ofUtf8(String text) {
    return wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  public int length() {
    return memory.capacity();
  }

  public boolean isEmpty() {
    return length() == 0;
  }

  /// The byte at `index` as a signed value.
  public byte get(int index) {
    return memory.get(index);
  }

  /// The byte at `index` as 0..255.
  public int getUnsigned(int index) {
    return memory.get(index) & 0xff;
  }

  /// The slice `[from, to)`, sharing memory.
  public Bytes slice(int from, int to) {
    Objects.checkFromToIndex(from, to, length());
    return from == 0 && to == length() ? this : new Bytes(memory.slice(from, to - from));
  }

  /// The slice from `from` to the end, sharing memory.
  public Bytes slice(int from) {
    return slice(from, length());
  }

  /// A read-only buffer over these bytes with its own position and limit, big-endian.
  public ByteBuffer asByteBuffer() {
    return memory.duplicate();
  }

  /// Copies all bytes to the position of `target`, which advances.
  public void copyTo(ByteBuffer target) {
    target.put(memory.duplicate());
  }

  /// Copies all bytes into a new array.
  public byte[] toByteArray() {
    byte[] copy = new byte[length()];
    memory.get(0, copy);
    return copy;
  }

  /// The bytes decoded as UTF-8.
  public String toUtf8() {
    return StandardCharsets.UTF_8.decode(memory.duplicate()).toString();
  }

  /// All bytes in lower-case hexadecimal.
  public String toHex() {
    return HexFormat.of().formatHex(toByteArray());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes that && memory.equals(that.memory);
  }

  @Override
  public int hashCode() {
    return memory.hashCode();
  }

  /// Length and the first bytes, for messages and test failures.
  @Override
  public String toString() {
    String head = slice(0, Math.min(16, length())).toHex();
    return "Bytes[" + length() + (length() > 16 ? ": " + head + "…]" : ": " + head + "]");
  }
}
