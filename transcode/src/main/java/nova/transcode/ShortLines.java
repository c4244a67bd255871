package nova.transcode;

import java.io.IOException;
import java.io.Reader;
import org.jspecify.annotations.Nullable;

/// Lines of text, each cut to a length: whoever writes a line without end takes no memory for it.
///
/// *Confined to one thread.*
final class ShortLines {
  private final Reader text;
  private final int longest;

  /// @param text buffered, because it is read by the character
  /// @param longest characters of a line; the others are dropped
  ShortLines(Reader text, int longest) {
    this.text = text;
    this.longest = longest;
  }

  /// The next line without its end, or null when there is none.
  @Nullable String next() throws IOException {
    int read = text.read();
    if (read < 0) {
      return null;
    }
    StringBuilder line = new StringBuilder();
    for (; read >= 0 && read != '\n'; read = text.read()) {
      if (line.length() < longest && read != '\r') {
        line.append((char) read);
      }
    }
    return line.toString();
  }
}
