package nova.media.amf0;

/// Marker 05: no value, the usual command object of a command without one.
///
/// Spec: AMF0 §2.7. *Immutable.*
public record Amf0Null() implements Amf0Value {}
