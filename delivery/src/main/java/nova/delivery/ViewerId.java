package nova.delivery;

import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/// Tells one viewer of a stream from another, and nothing else of them: it is a keyed hash, made
/// with a salt that is forgotten ([ViewerSalt]). The same viewer has another one at another stream.
///
/// *Immutable.*
///
/// @param identified whether the player gave its session a name; otherwise this is an estimate
public record ViewerId(long hash, boolean identified) {
  private static final Pattern TEXT = Pattern.compile("[ie][0-9a-f]{16}");

  /// As text: `i` or `e`, and the hash in hexadecimal.
  public String text() {
    return (identified ? "i" : "e") + HexFormat.of().toHexDigits(hash);
  }

  /// Of [#text]; empty of any other text.
  public static Optional<ViewerId> ofText(String text) {
    return TEXT.matcher(text).matches()
        ? Optional.of(
            new ViewerId(HexFormat.fromHexDigitsToLong(text, 1, 17), text.charAt(0) == 'i'))
        : Optional.empty();
  }
}
