package nova.media.amf0;

import java.util.List;

/// Marker 0A: values by index.
///
/// Spec: AMF0 §2.12. *Immutable.*
public record Amf0StrictArray(List<Amf0Value> elements) implements Amf0Value {
  public Amf0StrictArray {
    elements = List.copyOf(elements);
  }
}
