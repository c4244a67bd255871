package nova.ingest.publish;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// The secret that lets a broadcaster publish. It never appears in text.
///
/// *Immutable.*
///
/// @param secret 1..512 characters
public record StreamKey(String secret) {
  /// Characters of the longest key.
  public static final int MAX_LENGTH = 512;

  public StreamKey {
    if (secret.isEmpty() || secret.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "stream key of %d characters (expected: 1..512)".formatted(secret.length()));
    }
  }

  /// The key that an encoder was given: the publish name before `?`, percent-decoded once, without
  /// slashes around it. When the name is empty, the last part of `app`: that is where FFmpeg puts
  /// the key of `rtmp://host/KEY`, and OBS that of a whole URL pasted as the server.
  ///
  /// @return empty when there is none, or one that is too long
  public static Optional<StreamKey> of(String publishName, String app) {
    String name = cleaned(publishName);
    if (name.isEmpty()) {
      String path = cleaned(app);
      name = path.substring(path.lastIndexOf('/') + 1);
    }
    return name.isEmpty() || name.length() > MAX_LENGTH
        ? Optional.empty()
        : Optional.of(new StreamKey(name));
  }

  private static String cleaned(String text) {
    int query = text.indexOf('?');
    String path = decoded(query < 0 ? text : text.substring(0, query)).strip();
    int from = 0;
    int to = path.length();
    while (from < to && path.charAt(from) == '/') {
      from++;
    }
    while (to > from && path.charAt(to - 1) == '/') {
      to--;
    }
    return path.substring(from, to);
  }

  private static String decoded(String text) {
    if (text.indexOf('%') < 0) {
      return text;
    }
    try {
      // URLDecoder also turns + into a space, which only forms mean.
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return text; // a lone % is part of the key
    }
  }

  @Override
  public String toString() {
    return "StreamKey[…]";
  }
}
