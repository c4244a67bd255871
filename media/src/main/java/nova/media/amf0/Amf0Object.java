package nova.media.amf0;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// Markers 03 and 10: an object, anonymous or typed; the class name of a typed one is not kept.
///
/// Spec: AMF0 §2.5, §2.18. *Immutable.*
public record Amf0Object(Map<String, Amf0Value> entries) implements Amf0Properties {
  public Amf0Object {
    // Map.copyOf would lose the order of the wire.
    entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
  }
}
