package nova.control.token;

import java.util.random.RandomGenerator;
import nova.control.secret.Secrets;

/// What whoever has a token shows. Told once and never logged.
///
/// *Immutable.*
///
/// @param value `nova_` and 32 letters and digits
public record TokenSecret(String value) {
  private static final String PREFIX = "nova_"; // scanners of source code find it by this

  /// A new one of 160 bits from a secure source of randomness.
  public static TokenSecret random(RandomGenerator secureRandom) {
    return new TokenSecret(PREFIX + Secrets.random(secureRandom));
  }

  /// Hides it.
  @Override
  public String toString() {
    return "TokenSecret[hidden]";
  }
}
