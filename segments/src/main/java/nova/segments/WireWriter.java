package nova.segments;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import nova.core.Bytes;

/// A writer of numbers in as few bytes as they need, into an array that grows. [WireReader] reads
/// them.
///
/// *Confined to its creator's thread.*
final class WireWriter {
  private static final int LONGEST_NUMBER = 10; // of 7 bits each

  private byte[] array;
  private int length;

  /// @param expectedLength how many bytes to make room for at first
  WireWriter(int expectedLength) {
    array = new byte[expectedLength];
  }

  int length() {
    return length;
  }

  WireWriter u8(int value) {
    makeRoom(1);
    array[length++] = (byte) value;
    return this;
  }

  WireWriter flag(boolean flag) {
    return u8(flag ? 1 : 0);
  }

  /// A number that is not negative, or 64 bits: seven a byte, the lowest first; all but the last
  /// byte have their highest bit set.
  WireWriter number(long value) {
    makeRoom(LONGEST_NUMBER);
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      array[length++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    array[length++] = (byte) rest;
    return this;
  }

  /// A number that may be negative and is often near zero.
  WireWriter signed(long value) {
    return number(value << 1 ^ value >> 63);
  }

  WireWriter float64(double value) {
    makeRoom(Long.BYTES);
    long bits = Double.doubleToRawLongBits(value);
    for (int shift = 56; shift >= 0; shift -= 8) {
      array[length++] = (byte) (bits >> shift);
    }
    return this;
  }

  WireWriter text(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    number(utf8.length);
    makeRoom(utf8.length);
    System.arraycopy(utf8, 0, array, length, utf8.length);
    length += utf8.length;
    return this;
  }

  WireWriter instant(Instant instant) {
    return signed(instant.getEpochSecond()).number(instant.getNano());
  }

  /// What was written; the writer must not be used again.
  Bytes toBytes() {
    return Bytes.wrap(array, 0, length);
  }

  private void makeRoom(int count) {
    int needed = Math.addExact(length, count);
    if (needed > array.length) {
      array = Arrays.copyOf(array, (int) Math.max(needed, Math.min(2L * array.length, 1L << 30)));
    }
  }
}
