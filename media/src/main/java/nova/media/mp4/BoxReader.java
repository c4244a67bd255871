package nova.media.mp4;

import nova.media.MalformedMediaException;
import nova.media.bytes.ByteReader;
import nova.media.bytes.FourCc;

/// One box as found in a file: its type, and a cursor confined to its body.
///
/// Spec: ISO/IEC 14496-12 §4.2 (Box, FullBox). *Confined to its creator's thread.*
///
/// @param start where the box begins in the file
record BoxReader(FourCc type, int start, ByteReader body) {
  /// Reads the head of the next box of `parent`, which then stands after the whole box.
  static BoxReader next(ByteReader parent) {
    int start = parent.offset();
    long size = parent.u32();
    FourCc type = parent.fourCc();
    if (size < Box.HEADER_BYTES) {
      // 0 (up to the end) and 1 (64-bit size) are legal, but for files that are not chunks.
      throw new MalformedMediaException(
          "bad-cmaf-chunk",
          "box %s of %d bytes at offset 0x%x (expected: >= %d)"
              .formatted(type, size, start, Box.HEADER_BYTES));
    }
    return new BoxReader(type, start, parent.inner(size - Box.HEADER_BYTES));
  }

  boolean is(FourCc other) {
    return type.equals(other);
  }

  /// The complaint that this box says what it may not.
  MalformedMediaException malformed(String field, Object value, String expected) {
    return new MalformedMediaException(
        "bad-cmaf-chunk",
        "%s at offset 0x%x has %s %s (expected: %s)"
            .formatted(type, start, field, value, expected));
  }
}
