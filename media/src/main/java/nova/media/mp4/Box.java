package nova.media.mp4;

import java.nio.ByteBuffer;
import java.util.List;
import nova.media.bytes.FourCc;

/// One box that is not written yet. It knows its exact size, so that a whole file is one allocation
/// and every payload is copied once, straight to its place.
///
/// Spec: ISO/IEC 14496-12 §4.2 (Box, FullBox). *Immutable.*
sealed interface Box {
  /// Bytes of size and type that every box starts with.
  int HEADER_BYTES = 8;

  /// Bytes of version and flags that follow in a full box.
  int FULL_BYTES = 4;

  /// Bytes of the whole box.
  int size();

  /// Writes the whole box; advances `out` by [#size].
  void writeTo(ByteBuffer out);

  /// A box that only holds other boxes.
  static Box container(String type, Box... children) {
    return new Container(type, List.of(children));
  }

  /// A box with `bodyBytes` bytes of fields.
  static Box leaf(String type, int bodyBytes, Fields fields) {
    return new Leaf(type, bodyBytes, fields);
  }

  /// A box with version and flags before its fields; `bodyBytes` counts only the fields.
  static Box full(String type, int version, int flags, int bodyBytes, Fields fields) {
    return new Leaf(
        type,
        FULL_BYTES + bodyBytes,
        out -> {
          out.putInt(version << 24 | flags);
          fields.writeTo(out);
        });
  }

  /// A full box whose fields are followed by other boxes (`stsd`, `dref`).
  static Box fullContainer(
      String type, int version, int flags, int bodyBytes, Fields fields, Box... children) {
    return leafThenBoxes(
        type,
        FULL_BYTES + bodyBytes,
        out -> {
          out.putInt(version << 24 | flags);
          fields.writeTo(out);
        },
        List.of(children));
  }

  /// A box whose fields are followed by other boxes (a sample entry).
  static Box leafThenBoxes(String type, int bodyBytes, Fields fields, List<Box> children) {
    return new Leaf(
        type,
        Math.addExact(bodyBytes, sizeOf(children)),
        out -> {
          fields.writeTo(out);
          for (Box child : children) {
            child.writeTo(out);
          }
        });
  }

  /// Bytes of all boxes together.
  static int sizeOf(List<Box> boxes) {
    int sum = 0;
    for (Box box : boxes) {
      sum = Math.addExact(sum, box.size());
    }
    return sum;
  }

  /// Writes the fields of a box, exactly as many bytes as announced.
  @FunctionalInterface
  interface Fields {
    /// No fields.
    Fields NONE = out -> {};

    void writeTo(ByteBuffer out);
  }

  /// A box that only holds other boxes.
  record Container(String type, List<Box> children) implements Box {
    @Override
    public int size() {
      return Math.addExact(HEADER_BYTES, sizeOf(children));
    }

    @Override
    public void writeTo(ByteBuffer out) {
      out.putInt(size());
      out.putInt(FourCc.of(type).value());
      for (Box child : children) {
        child.writeTo(out);
      }
    }
  }

  /// A box with fields.
  record Leaf(String type, int bodyBytes, Fields fields) implements Box {
    @Override
    public int size() {
      return Math.addExact(HEADER_BYTES, bodyBytes);
    }

    @Override
    public void writeTo(ByteBuffer out) {
      int end = Math.addExact(out.position(), size());
      out.putInt(size());
      out.putInt(FourCc.of(type).value());
      fields.writeTo(out);
      if (out.position() != end) {
        throw new IllegalStateException(
            "box %s ended at byte %d (expected: %d, from its announced size)"
                .formatted(type, out.position(), end));
      }
    }
  }
}
