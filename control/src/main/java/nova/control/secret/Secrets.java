package nova.control.secret;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.random.RandomGenerator;
import nova.core.Bytes;

/// Secrets of 160 random bits.
public final class Secrets {
  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"; // 5 bits each
  private static final int LENGTH = 32;

  private Secrets() {}

  /// 32 letters and digits.
  ///
  /// @param secureRandom nobody can guess what it gives
  public static String random(RandomGenerator secureRandom) {
    StringBuilder secret = new StringBuilder(LENGTH);
    for (int i = 0; i < LENGTH; i++) {
      secret.append(ALPHABET.charAt(secureRandom.nextInt(ALPHABET.length())));
    }
    return secret.toString();
  }

  /// What is kept instead of a secret. It carries 160 random bits, so no slow hash is needed.
  public static Bytes sha256(String secret) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return Bytes.wrap(digest.digest(secret.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
