package nova.media.bytes;

import nova.core.Bytes;
import nova.media.MalformedMediaException;

/// A cursor over bits, most significant first, with the Exp-Golomb codes of H.264 and H.265.
/// Payloads of NAL units go through [EmulationPrevention#remove] first.
///
/// Spec: ISO/IEC 14496-10 §7.2 (bit order), §9.1 (ue(v), se(v)). *Confined to its creator's
/// thread.*
public final class BitReader {
  private final Bytes bytes;
  private final String structure;
  private final long length;
  private long position;

  /// @param structure kebab-case name of what is being read, such as `sequence-parameter-set`
  public BitReader(Bytes bytes, String structure) {
    this.bytes = bytes;
    this.structure = structure;
    this.length = 8L * bytes.length();
  }

  /// Bits read or skipped so far.
  public long position() {
    return position;
  }

  /// Bits left.
  public long remaining() {
    return length - position;
  }

  /// One bit.
  public boolean flag() {
    return bits(1) != 0;
  }

  /// `count` bits (0..31) as an unsigned number.
  public int bits(int count) {
    if (count < 0 || count > 31) {
      throw new IllegalArgumentException("%d bits (expected: 0..31)".formatted(count));
    }
    return (int) read(count);
  }

  /// 32 bits as an unsigned number.
  public long u32() {
    return read(32);
  }

  public void skip(int count) {
    require(count);
    position += count;
  }

  /// An unsigned Exp-Golomb code, ue(v): 0..2^32-2.
  public long ue() {
    int zeros = 0;
    long start = position;
    while (!flag()) {
      if (++zeros > 32) {
        throw new MalformedMediaException(
            "bad-" + structure,
            "%s has an Exp-Golomb code with more than 32 leading zeros at bit %d (expected: <= 32)"
                .formatted(structure.replace('-', ' '), start));
      }
    }
    return (1L << zeros) - 1 + read(zeros);
  }

  /// An unsigned Exp-Golomb code that the standard bounds.
  ///
  /// @param field the standard's name of the field, for the message
  public int ue(String field, int maximum) {
    long start = position;
    long value = ue();
    if (value > maximum) {
      throw new MalformedMediaException(
          "bad-" + structure,
          "%s has %s %d at bit %d (expected: 0..%d)"
              .formatted(structure.replace('-', ' '), field, value, start, maximum));
    }
    return (int) value;
  }

  /// A signed Exp-Golomb code, se(v).
  public long se() {
    long code = ue();
    return (code & 1) != 0 ? (code + 1) / 2 : -(code / 2);
  }

  /// Whether payload is left before the stop bit and the zeros that end an RBSP.
  ///
  /// Spec: ISO/IEC 14496-10 §7.2 (more_rbsp_data).
  public boolean moreRbspData() {
    int last = bytes.length() - 1;
    while (last >= 0 && bytes.get(last) == 0) {
      last--;
    }
    if (last < 0) {
      return false;
    }
    long stopBit = 8L * last + 7 - Integer.numberOfTrailingZeros(bytes.getUnsigned(last));
    return position < stopBit;
  }

  private long read(int count) {
    require(count);
    long value = 0;
    int left = count;
    while (left > 0) {
      int inByte = (int) (position & 7);
      int take = Math.min(left, 8 - inByte);
      int chunk =
          bytes.getUnsigned((int) (position >> 3)) >> (8 - inByte - take) & ((1 << take) - 1);
      value = value << take | chunk;
      position += take;
      left -= take;
    }
    return value;
  }

  private void require(int count) {
    if (count < 0 || count > remaining()) {
      throw new MalformedMediaException(
          "truncated-" + structure,
          "%s ends early: %d bits wanted at bit %d (expected: <= %d, which is all that is left)"
              .formatted(structure.replace('-', ' '), count, position, remaining()));
    }
  }
}
