package nova.control.streamkey;

import java.util.random.RandomGenerator;
import nova.control.secret.Secrets;
import nova.core.Bytes;

/// What an encoder sends to publish. Shown to its owner once and never logged.
///
/// *Immutable.*
///
/// @param value 1 to 128 visible ASCII characters other than `/` and `?`, which end a name in RTMP
public record StreamSecret(String value) {
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

  /// A new one of 160 bits from a secure source of randomness.
  public static StreamSecret random(RandomGenerator secureRandom) {
    return new StreamSecret(Secrets.random(secureRandom));
  }

  /// What is kept instead.
  public Bytes sha256() {
    return Secrets.sha256(value);
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
