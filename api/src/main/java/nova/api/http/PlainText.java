package nova.api.http;

/// Text that a database takes.
final class PlainText {
  private static final int MAX_SHOWN = 64;

  private PlainText() {}

  /// Whether it is free of NUL and of halves of surrogate pairs.
  static boolean isPlain(String text) {
    return text.codePoints()
        .noneMatch(c -> c == 0 || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE));
  }

  /// As much of a text from outside as belongs into an answer.
  static String shown(String text) {
    return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "…";
  }
}
