package nova.media.amf0;

/// Marker 00: an IEEE 754 double, the only number there is.
///
/// Spec: AMF0 §2.2. *Immutable.*
public record Amf0Number(double value) implements Amf0Value {}
