package nova.media.amf0;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import nova.core.Bytes;
import nova.media.bytes.ByteWriter;

/// Writes values one after another.
///
/// Spec: AMF0 §2. *Confined to its creator's thread.*
public final class Amf0Writer {
  private static final int MAX_U16 = 0xffff;

  private final ByteWriter out = new ByteWriter(128);

  /// The bytes of some values.
  public static Bytes writeAll(List<? extends Amf0Value> values) {
    Amf0Writer writer = new Amf0Writer();
    values.forEach(writer::write);
    return writer.toBytes();
  }

  /// Writes one value.
  public Amf0Writer write(Amf0Value value) {
    switch (value) {
      case Amf0Number(double number) -> out.u8(Amf0Marker.NUMBER).float64(number);
      case Amf0Boolean(boolean flag) -> out.u8(Amf0Marker.BOOLEAN).u8(flag ? 1 : 0);
      case Amf0String(String text) -> writeString(text.getBytes(StandardCharsets.UTF_8));
      case Amf0Object(Map<String, Amf0Value> entries) -> {
        out.u8(Amf0Marker.OBJECT);
        writeProperties(entries);
      }
      case Amf0EcmaArray(Map<String, Amf0Value> entries) -> {
        out.u8(Amf0Marker.ECMA_ARRAY).u32(entries.size()); // associative-count
        writeProperties(entries);
      }
      case Amf0StrictArray(List<Amf0Value> elements) -> {
        out.u8(Amf0Marker.STRICT_ARRAY).u32(elements.size()); // array-count
        elements.forEach(this::write);
      }
      case Amf0Date(double epochMs, int timeZone) ->
          out.u8(Amf0Marker.DATE).float64(epochMs).u16(timeZone);
      case Amf0Null() -> out.u8(Amf0Marker.NULL);
      case Amf0Undefined() -> out.u8(Amf0Marker.UNDEFINED);
    }
    return this;
  }

  public Amf0Writer string(String value) {
    return write(new Amf0String(value));
  }

  public Amf0Writer number(double value) {
    return write(new Amf0Number(value));
  }

  /// What was written; the writer is empty afterwards.
  public Bytes toBytes() {
    return out.toBytes();
  }

  private void writeString(byte[] utf8) {
    if (utf8.length <= MAX_U16) {
      out.u8(Amf0Marker.STRING).u16(utf8.length).bytes(utf8);
    } else {
      out.u8(Amf0Marker.LONG_STRING).u32(utf8.length).bytes(utf8);
    }
  }

  private void writeProperties(Map<String, Amf0Value> entries) {
    entries.forEach(
        (name, value) -> {
          byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
          if (utf8.length > MAX_U16) {
            throw new IllegalArgumentException(
                "property name of %d bytes (expected: <= %d)".formatted(utf8.length, MAX_U16));
          }
          out.u16(utf8.length).bytes(utf8);
          write(value);
        });
    out.u16(0).u8(Amf0Marker.OBJECT_END);
  }
}
