package nova.segments;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import nova.core.Bytes;

/// A cursor over what [WireWriter] wrote. Whatever the bytes are, it throws nothing but
/// [MalformedTimelineException], before anything is allocated.
///
/// *Confined to its creator's thread.*
final class WireReader {
  private static final int MAX_NANOS = 999_999_999;
  private static final long MAX_SECOND = Instant.MAX.getEpochSecond();

  private final ByteBuffer memory;

  WireReader(Bytes bytes) {
    this.memory = bytes.asByteBuffer();
  }

  /// Bytes left.
  int remaining() {
    return memory.remaining();
  }

  int u8() {
    require(1);
    return memory.get() & 0xff;
  }

  boolean flag() {
    return u8(1) == 1;
  }

  /// A byte that is no more than `max`.
  int u8(int max) {
    int value = u8();
    if (value > max) {
      throw malformed("byte", value, "<= " + max);
    }
    return value;
  }

  /// 64 bits.
  long number() {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      int next = u8();
      long bits = next & 0x7f;
      if (shift == 63 && bits > 1) {
        throw malformed("last byte of a number", next, "<= 1");
      }
      value |= bits << shift;
      if (next < 0x80) {
        return value;
      }
    }
    throw malformed("number of bytes of a number", 11, "<= 10");
  }

  /// A number from 0 to `max`.
  long number(String what, long max) {
    long value = number();
    if (value < 0 || value > max) {
      throw malformed(what, value, "0.." + max);
    }
    return value;
  }

  /// How many elements follow, each of at least `bytes`.
  int count(String what, int max, int bytes) {
    long count = number(what, max);
    if (count > remaining() / bytes) {
      throw truncated(count * bytes);
    }
    return (int) count;
  }

  long signed() {
    long value = number();
    return value >>> 1 ^ -(value & 1);
  }

  double float64() {
    require(Long.BYTES);
    return memory.getDouble();
  }

  String text(String what, int maxBytes) {
    int length = (int) number("length of the " + what, maxBytes);
    require(length);
    String text = StandardCharsets.UTF_8.decode(memory.slice(memory.position(), length)).toString();
    memory.position(memory.position() + length);
    return text;
  }

  Instant instant() {
    long second = signed();
    long nanos = number("nanoseconds", MAX_NANOS);
    if (second < -MAX_SECOND || second > MAX_SECOND) {
      throw malformed("seconds since 1970", second, "at most %d from it".formatted(MAX_SECOND));
    }
    return Instant.ofEpochSecond(second, nanos);
  }

  /// Nothing may be left.
  void end() {
    if (remaining() > 0) {
      throw malformed("number of bytes left", remaining(), "0");
    }
  }

  MalformedTimelineException malformed(String what, long value, String expected) {
    return new MalformedTimelineException(
        "bad-timeline",
        "timeline with %s %d at offset 0x%x (expected: %s)"
            .formatted(what, value, memory.position(), expected));
  }

  private MalformedTimelineException truncated(long wanted) {
    return new MalformedTimelineException(
        "truncated-timeline",
        "timeline ends early: %d bytes wanted at offset 0x%x (expected: <= %d, which is all that is left)"
            .formatted(wanted, memory.position(), remaining()));
  }

  private void require(int bytes) {
    if (bytes > remaining()) {
      throw truncated(bytes);
    }
  }
}
