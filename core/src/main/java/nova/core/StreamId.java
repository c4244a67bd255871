package nova.core;

import java.util.random.RandomGenerator;

/// The public name of one broadcast of a channel. It appears in playback URLs and never reveals the
/// stream key.
///
/// *Immutable.*
///
/// @param value 4..40 characters of `a-z`, `0-9`
public record StreamId(String value) {
  private static final String ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789";
  private static final int LENGTH = 16; // 80 bits: not guessable, and unique without asking anyone

  public StreamId {
    if (!isValid(value)) {
      throw new IllegalArgumentException(
          "stream id '%s' (expected: 4 to 40 characters of a-z and 0-9)".formatted(value));
    }
  }

  /// Whether `text` is a well-formed stream id; for text that came from a peer.
  public static boolean isValid(String text) {
    return Names.matches(text, 4, 40, false);
  }

  /// A new id from a source of (preferably secure) randomness.
  public static StreamId random(RandomGenerator random) {
    StringBuilder id = new StringBuilder(LENGTH);
    for (int i = 0; i < LENGTH; i++) {
      id.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return new StreamId(id.toString());
  }

  @Override
  public String toString() {
    return value;
  }
}
