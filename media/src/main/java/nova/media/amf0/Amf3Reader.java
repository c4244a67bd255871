package nova.media.amf0;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nova.media.MalformedMediaException;
import nova.media.UnsupportedMediaException;
import nova.media.bytes.ByteReader;

/// Reads one AMF3 value as the AMF0 value that means the same: what Enhanced RTMP clients put
/// behind marker 0x11. References to objects and arrays become undefined, as in [Amf0Reader].
///
/// Spec: AMF3 §3. *Confined to its creator's thread.*
final class Amf3Reader {
  private static final int UNDEFINED = 0x00;
  private static final int NULL = 0x01;
  private static final int FALSE = 0x02;
  private static final int TRUE = 0x03;
  private static final int INTEGER = 0x04;
  private static final int DOUBLE = 0x05;
  private static final int STRING = 0x06;
  private static final int XML_DOCUMENT = 0x07;
  private static final int DATE = 0x08;
  private static final int ARRAY = 0x09;
  private static final int OBJECT = 0x0a;
  private static final int XML = 0x0b;
  private static final int BYTE_ARRAY = 0x0c;

  private record Traits(boolean dynamic, List<String> members) {}

  private final ByteReader in;
  private final AmfBudget budget;
  private final List<String> strings = new ArrayList<>();
  private final List<Traits> traits = new ArrayList<>();

  Amf3Reader(ByteReader in, AmfBudget budget) {
    this.in = in;
    this.budget = budget;
  }

  Amf0Value read() {
    int at = in.offset();
    int marker = in.u8();
    return switch (marker) {
      case UNDEFINED -> new Amf0Undefined();
      case NULL -> new Amf0Null();
      case FALSE -> new Amf0Boolean(false);
      case TRUE -> new Amf0Boolean(true);
      case INTEGER -> new Amf0Number(u29() << 3 >> 3); // 29 bits, signed
      case DOUBLE -> new Amf0Number(in.float64());
      case STRING -> new Amf0String(string());
      case DATE -> (u29() & 1) == 0 ? new Amf0Undefined() : new Amf0Date(in.float64(), 0);
      case ARRAY -> array();
      case OBJECT -> object();
      case XML_DOCUMENT, XML, BYTE_ARRAY -> {
        int header = u29();
        in.skip((header & 1) == 0 ? 0 : header >> 1);
        yield new Amf0Undefined();
      }
      default ->
          throw new MalformedMediaException(
              "bad-amf-marker",
              "AMF3 marker 0x%02x at offset 0x%x (expected: 0x00..0x0c)".formatted(marker, at));
    };
  }

  private Amf0Value array() {
    int header = u29();
    if ((header & 1) == 0) {
      return new Amf0Undefined();
    }
    int denseCount = header >> 1;
    budget.enter();
    Map<String, Amf0Value> entries = new LinkedHashMap<>();
    readDynamic(entries);
    List<Amf0Value> dense = new ArrayList<>();
    for (int i = 0; i < denseCount; i++) {
      budget.takeEntry();
      dense.add(read());
    }
    budget.leave();
    if (entries.isEmpty()) {
      return new Amf0StrictArray(dense);
    }
    for (int i = 0; i < dense.size(); i++) {
      entries.put(Integer.toString(i), dense.get(i));
    }
    return new Amf0EcmaArray(entries);
  }

  private Amf0Value object() {
    int header = u29();
    if ((header & 1) == 0) {
      return new Amf0Undefined();
    }
    Traits shape = (header & 2) == 0 ? traitsAt(header >> 2) : newTraits(header);
    budget.enter();
    Map<String, Amf0Value> entries = new LinkedHashMap<>();
    for (String member : shape.members()) {
      budget.takeEntry();
      entries.put(member, read());
    }
    if (shape.dynamic()) {
      readDynamic(entries);
    }
    budget.leave();
    return new Amf0Object(entries);
  }

  private void readDynamic(Map<String, Amf0Value> entries) {
    for (String name = string(); !name.isEmpty(); name = string()) {
      budget.takeEntry();
      entries.put(name, read());
    }
  }

  private Traits newTraits(int header) {
    String className = string();
    if ((header & 4) != 0) {
      throw new UnsupportedMediaException(
          "amf3-externalizable",
          "AMF3 object of the externalizable class '%s' at offset 0x%x (expected: a plain object)"
              .formatted(className, in.offset()));
    }
    int count = header >> 4;
    List<String> members = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      budget.takeEntry();
      members.add(string());
    }
    Traits shape = new Traits((header & 8) != 0, List.copyOf(members));
    traits.add(shape);
    return shape;
  }

  private Traits traitsAt(int index) {
    if (index >= traits.size()) {
      throw badReference("traits", index, traits.size());
    }
    return traits.get(index);
  }

  private String string() {
    int header = u29();
    int value = header >> 1;
    if ((header & 1) == 0) {
      if (value >= strings.size()) {
        throw badReference("string", value, strings.size());
      }
      return strings.get(value);
    }
    budget.takeString(value);
    String text = in.utf8(value);
    if (!text.isEmpty()) { // the empty string is never sent by reference
      strings.add(text);
    }
    return text;
  }

  private MalformedMediaException badReference(String kind, int index, int size) {
    return new MalformedMediaException(
        "bad-amf-reference",
        "AMF3 %s reference %d at offset 0x%x (expected: < %d)"
            .formatted(kind, index, in.offset(), size));
  }

  /// Up to three bytes of seven bits with a continuation bit, then one of eight.
  ///
  /// Spec: AMF3 §1.3.1 (U29).
  private int u29() {
    int value = 0;
    for (int i = 0; i < 3; i++) {
      int next = in.u8();
      value = value << 7 | (next & 0x7f);
      if (next < 0x80) {
        return value;
      }
    }
    return value << 8 | in.u8();
  }
}
