package nova.app.keys;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.random.RandomGenerator;
import nova.core.Bytes;

/// A stream key: whoever sends it may publish. Shown to its owner once and never logged.
///
/// *Immutable.*
///
/// @param value 1 to 128 visible ASCII characters other than `/` and `?`, which end a name in RTMP
public record StreamSecret(String value) {
  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"; // 5 bits each
  private static final int LENGTH = 32; // 160 bits
  private static final int MAX_LENGTH = 128;

  public StreamSecret {
    if (value.isEmpty()
        || value.length() > MAX_LENGTH
        || !value.chars().allMatch(StreamSecret::ok)) {
      throw new IllegalArgumentException(
          "a stream key of %d characters is not usable (expected: 1 to %d visible ASCII characters other than / and ?)"
              .formatted(value.length(), MAX_LENGTH));
    }
  }

  /// A new key from a secure source of randomness.
  public static StreamSecret random(RandomGenerator secureRandom) {
    StringBuilder secret = new StringBuilder(LENGTH);
    for (int i = 0; i < LENGTH; i++) {
      secret.append(ALPHABET.charAt(secureRandom.nextInt(ALPHABET.length())));
    }
    return new StreamSecret(secret.toString());
  }

  /// What is kept instead of the key. Keys carry 160 random bits, so no slow hash is needed.
  Bytes sha256() {
    return sha256(value);
  }

  static Bytes sha256(String text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return Bytes.wrap(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static boolean ok(int c) {
    return c > ' ' && c < 0x7f && c != '/' && c != '?';
  }

  /// Hides the key.
  @Override
  public String toString() {
    return "StreamSecret[hidden]";
  }
}
