package nova.control.error;

/// What texts that people give may be.
public final class TextLimits {
  private TextLimits() {}

  /// Lets through what is short enough, and what PostgreSQL can keep.
  ///
  /// @param field as the API spells it
  /// @param max in characters
  /// @throws InvalidFieldException otherwise
  public static void require(String field, String text, int max) {
    int length = text.codePointCount(0, text.length());
    if (length > max) {
      throw new InvalidFieldException(
          field, "%s has %d characters (expected: at most %d).".formatted(field, length, max));
    }
    if (text.indexOf('\0') >= 0) {
      throw new InvalidFieldException(field, field + " holds a NUL character (expected: none).");
    }
  }
}
