package nova.media.bytes;

import nova.core.Bytes;

/// A four-character code: the type of an MP4 box or the name of a codec.
///
/// Spec: ISO/IEC 14496-12 §4.2.2 (boxtype), E-RTMP v2 "FourCC". *Immutable.*
///
/// @param value the four bytes, big-endian
public record FourCc(int value) {
  /// The code of four characters of Latin-1, such as `avc1`.
  public static FourCc of(String text) {
    if (text.length() != 4 || text.chars().anyMatch(c -> c > 0xff)) {
      throw new IllegalArgumentException(
          "four-character code '%s' (expected: 4 characters of Latin-1)".formatted(text));
    }
    return new FourCc(
        text.charAt(0) << 24 | text.charAt(1) << 16 | text.charAt(2) << 8 | text.charAt(3));
  }

  /// The four bytes.
  public Bytes bytes() {
    return new ByteWriter(4).u32(value).toBytes();
  }

  /// The four characters when all are printable ASCII, else the number in hexadecimal.
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(4);
    for (int shift = 24; shift >= 0; shift -= 8) {
      int character = value >> shift & 0xff;
      if (character < 0x20 || character > 0x7e) {
        return "0x%08x".formatted(value);
      }
      text.append((char) character);
    }
    return text.toString();
  }
}
