package nova.media.amf0;

/// Marker 0B: milliseconds since 1970 in UTC, and a time zone that the specification reserves.
///
/// Spec: AMF0 §2.13. *Immutable.*
///
/// @param epochMs may be any double, as it comes from the peer
/// @param timeZone minutes, 0 when written by the book
public record Amf0Date(double epochMs, int timeZone) implements Amf0Value {}
