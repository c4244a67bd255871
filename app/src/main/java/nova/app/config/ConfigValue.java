package nova.app.config;

import java.util.List;

/// A value as somebody wrote it, not yet checked against its key.
///
/// *Immutable.*
///
/// @param texts the scalars: one, unless the file holds a list
/// @param isList whether the file spells it as a list
/// @param origin where it was written, such as `nova.yaml` or `option --rtmp-port`
public record ConfigValue(List<String> texts, boolean isList, String origin) {
  public ConfigValue {
    texts = List.copyOf(texts);
  }

  /// A single scalar.
  public static ConfigValue of(String text, String origin) {
    return new ConfigValue(List.of(text), false, origin);
  }

  /// A list, which may be empty.
  public static ConfigValue ofList(List<String> texts, String origin) {
    return new ConfigValue(texts, true, origin);
  }

  /// The value as it is shown in messages.
  String shown() {
    return isList ? texts.toString() : texts.getFirst();
  }
}
