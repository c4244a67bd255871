package nova.media.amf0;

/// Marker 01: one byte, zero is false.
///
/// Spec: AMF0 §2.3. *Immutable.*
public record Amf0Boolean(boolean value) implements Amf0Value {}
