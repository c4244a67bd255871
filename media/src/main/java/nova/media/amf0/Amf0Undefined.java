package nova.media.amf0;

/// Marker 06: an undefined value. Also stands for what Nova reads over: references (07), movie
/// clips (04), record sets (0E) and unsupported (0D).
///
/// Spec: AMF0 §2.8. *Immutable.*
public record Amf0Undefined() implements Amf0Value {}
