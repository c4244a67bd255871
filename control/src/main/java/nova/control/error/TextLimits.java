package nova.control.error;

/// What texts that people give may be.
public final class TextLimits {
  private static final int REPLACEMENT = 0xfffd;

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

  /// What somebody sent, without what cannot be kept or read, and cut to what is kept of it.
  ///
  /// @param max in characters
  public static String readable(String text, int max) {
    int[] kept = text.codePoints().map(c -> isReadable(c) ? c : REPLACEMENT).limit(max).toArray();
    return new String(kept, 0, kept.length);
  }

  private static boolean isReadable(int c) {
    return !Character.isISOControl(c) && Character.getType(c) != Character.SURROGATE;
  }
}
