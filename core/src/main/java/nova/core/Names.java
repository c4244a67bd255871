package nova.core;

/// The allow-list for names that appear in URLs and file paths: lower-case letters, digits, and
/// inside the name `-` and `_`.
final class Names {
  private Names() {}

  static boolean matches(String text, int min, int max, boolean inner) {
    if (text.length() < min || text.length() > max) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean alphanumeric = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
      boolean separator = inner && i > 0 && (c == '-' || c == '_');
      if (!alphanumeric && !separator) {
        return false;
      }
    }
    return true;
  }
}
