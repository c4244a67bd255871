package nova.media.amf0;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nova.core.Bytes;
import nova.media.MalformedMediaException;
import nova.media.bytes.ByteReader;

/// Reads the values of one payload. Within [Amf0Limits] it takes what encoders really send: counts
/// of ECMA arrays are ignored, an object may end with the payload instead of `00 00 09`, and
/// references, which could make cycles and which no encoder sends, become undefined.
///
/// Spec: AMF0 §2, §3.1 (switch to AMF3). *Confined to its creator's thread.*
public final class Amf0Reader {
  private final ByteReader in;
  private final AmfBudget budget;

  public Amf0Reader(Bytes payload) {
    this(payload, Amf0Limits.DEFAULTS);
  }

  public Amf0Reader(Bytes payload, Amf0Limits limits) {
    this.in = new ByteReader(payload, "amf-value");
    this.budget = new AmfBudget(limits);
  }

  /// All values of a payload.
  public static List<Amf0Value> readAll(Bytes payload) {
    return new Amf0Reader(payload).readRest();
  }

  /// Whether no value is left.
  public boolean isExhausted() {
    return in.isExhausted();
  }

  /// All values that are left.
  public List<Amf0Value> readRest() {
    List<Amf0Value> values = new ArrayList<>();
    while (!isExhausted()) {
      budget.takeEntry();
      values.add(read());
    }
    return List.copyOf(values);
  }

  /// The next value.
  public Amf0Value read() {
    int at = in.offset();
    int marker = in.u8();
    return switch (marker) {
      case Amf0Marker.NUMBER -> new Amf0Number(in.float64());
      case Amf0Marker.BOOLEAN -> new Amf0Boolean(in.u8() != 0);
      case Amf0Marker.STRING -> new Amf0String(utf8(in.u16()));
      case Amf0Marker.LONG_STRING, Amf0Marker.XML_DOCUMENT -> new Amf0String(utf8(in.u32()));
      case Amf0Marker.OBJECT -> new Amf0Object(properties());
      case Amf0Marker.TYPED_OBJECT -> {
        in.skip(in.u16()); // class-name
        yield new Amf0Object(properties());
      }
      case Amf0Marker.ECMA_ARRAY -> {
        in.skip(4); // associative-count
        yield new Amf0EcmaArray(properties());
      }
      case Amf0Marker.STRICT_ARRAY -> strictArray();
      case Amf0Marker.DATE -> new Amf0Date(in.float64(), in.s16());
      case Amf0Marker.NULL -> new Amf0Null();
      case Amf0Marker.REFERENCE -> {
        in.skip(2);
        yield new Amf0Undefined();
      }
      case Amf0Marker.UNDEFINED,
          Amf0Marker.UNSUPPORTED,
          Amf0Marker.MOVIE_CLIP,
          Amf0Marker.RECORD_SET ->
          new Amf0Undefined();
      // Each marker switches for one value only, so the tables of AMF3 references start afresh.
      case Amf0Marker.AVM_PLUS -> new Amf3Reader(in, budget).read();
      default ->
          throw new MalformedMediaException(
              "bad-amf-marker",
              "AMF0 marker 0x%02x at offset 0x%x (expected: 0x00..0x11 other than 0x09)"
                  .formatted(marker, at));
    };
  }

  private Map<String, Amf0Value> properties() {
    budget.enter();
    Map<String, Amf0Value> entries = new LinkedHashMap<>();
    while (!in.isExhausted()) {
      String name = utf8(in.u16());
      if (name.isEmpty() && (in.isExhausted() || in.peekU8() == Amf0Marker.OBJECT_END)) {
        in.skip(Math.min(1, in.remaining()));
        break;
      }
      budget.takeEntry();
      entries.put(name, read());
    }
    budget.leave();
    return entries;
  }

  private Amf0StrictArray strictArray() {
    int at = in.offset();
    long count = in.u32();
    if (count > in.remaining()) {
      throw new MalformedMediaException(
          "truncated-amf-value",
          "AMF0 strict array of %d elements at offset 0x%x (expected: <= %d, the bytes that are left)"
              .formatted(count, at, in.remaining()));
    }
    budget.enter();
    List<Amf0Value> elements = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      budget.takeEntry();
      elements.add(read());
    }
    budget.leave();
    return new Amf0StrictArray(elements);
  }

  private String utf8(long length) {
    budget.takeString(length);
    return in.utf8(length);
  }
}
