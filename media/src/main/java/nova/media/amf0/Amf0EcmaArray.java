package nova.media.amf0;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// Marker 08: an object written with a count, which is a hint and often wrong.
///
/// Spec: AMF0 §2.10. *Immutable.*
public record Amf0EcmaArray(Map<String, Amf0Value> entries) implements Amf0Properties {
  public Amf0EcmaArray {
    // Map.copyOf would lose the order of the wire.
    entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
  }
}
