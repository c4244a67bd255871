package nova.media.amf0;

/// Markers 02 and 0C: a string of UTF-8 with a length of 16 or 32 bits. XML documents (0F) are read
/// as strings too.
///
/// Spec: AMF0 §2.4, §2.14. *Immutable.*
public record Amf0String(String value) implements Amf0Value {}
