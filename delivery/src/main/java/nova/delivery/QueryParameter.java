package nova.delivery;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Finds parameters in a raw query string, without making a table of all of them.
final class QueryParameter {
  private QueryParameter() {}

  /// The first value of a parameter, as it was sent; null when it is not there.
  static @Nullable String find(String query, String name) {
    int from = 0;
    while (from < query.length()) {
      int end = query.indexOf('&', from);
      end = end < 0 ? query.length() : end;
      if (query.startsWith(name, from)) {
        int equals = from + name.length();
        if (equals == end) {
          return "";
        }
        if (query.charAt(equals) == '=') {
          return query.substring(equals + 1, end);
        }
      }
      from = end + 1;
    }
    return null;
  }

  /// What a value means: `%XX` are bytes of UTF-8, and a plus sign is a space, as dash.js 5.2 sends
  /// (`br=(591;v+69;a)`). Empty when it is not well-formed.
  static Optional<String> decode(String value) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(value.length());
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '%') {
        if (i + 2 >= value.length()
            || !HexFormat.isHexDigit(value.charAt(i + 1))
            || !HexFormat.isHexDigit(value.charAt(i + 2))) {
          return Optional.empty();
        }
        bytes.write(HexFormat.fromHexDigits(value, i + 1, i + 3));
        i += 2;
      } else if (c == '+') {
        bytes.write(' ');
      } else if (c < 0x80) {
        bytes.write(c);
      } else {
        return Optional.empty();
      }
    }
    try {
      return Optional.of(
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(bytes.toByteArray()))
              .toString());
    } catch (CharacterCodingException _) {
      return Optional.empty();
    }
  }
}
