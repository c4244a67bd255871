package nova.delivery;

import org.jspecify.annotations.Nullable;

/// Takes a request path apart at its slashes, without regular expressions and without decoding: the
/// names we publish need no percent-encoding, so a path that has one is not ours.
///
/// *Confined to its caller.*
final class PathCursor {
  private static final int MAX_DIGITS = 15;

  private final String path;
  private int position;

  PathCursor(String path, int position) {
    this.path = path;
    this.position = position;
  }

  /// The text up to the next slash or the end, or null when nothing is left.
  @Nullable String next() {
    if (position > path.length()) {
      return null;
    }
    int slash = path.indexOf('/', position);
    int end = slash < 0 ? path.length() : slash;
    String piece = path.substring(position, end);
    position = end + 1;
    return piece;
  }

  boolean atEnd() {
    return position > path.length();
  }

  /// A number written canonically (no sign, no leading zero, at most 15 digits), else -1.
  static long number(String text, int from, int to) {
    int length = to - from;
    if (length < 1 || length > MAX_DIGITS || (length > 1 && text.charAt(from) == '0')) {
      return -1;
    }
    long value = 0;
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      value = value * 10 + (c - '0');
    }
    return value;
  }
}
