package nova.media.amf0;

/// How much one payload may make a reader build.
///
/// | limit | default | exceeded as |
/// |---|---|---|
/// | depth of nesting | 32 | `amf-depth` |
/// | entries of all objects and arrays together | 65,536 | `amf-entries` |
/// | bytes of all strings and names together | 1 MiB | `amf-string-bytes` |
///
/// *Immutable.*
///
/// @param depth how deep objects and arrays may nest
/// @param entries properties and elements in one payload; files carry keyframe indexes in metadata
/// @param stringBytes bytes of strings and property names in one payload
public record Amf0Limits(int depth, int entries, int stringBytes) {
  /// What the table says.
  public static final Amf0Limits DEFAULTS = new Amf0Limits(32, 65_536, 1 << 20);
}
