package nova.core;

import java.util.Locale;

/// A number of bytes as configuration spells it: `64MiB`, `16KiB`, `512B`.
///
/// *Immutable.*
///
/// @param bytes >= 0
public record DataSize(long bytes) {
  public DataSize {
    if (bytes < 0) {
      throw new IllegalArgumentException("size %d (expected: >= 0 bytes)".formatted(bytes));
    }
  }

  public static DataSize ofKiB(long n) {
    return new DataSize(Math.multiplyExact(n, 1L << 10));
  }

  public static DataSize ofMiB(long n) {
    return new DataSize(Math.multiplyExact(n, 1L << 20));
  }

  /// Reads `512B`, `64KiB`, `64MiB` or `2GiB`.
  ///
  /// @throws IllegalArgumentException with a sentence that says what was expected
  public static DataSize parse(String text) {
    String trimmed = text.trim().toLowerCase(Locale.ROOT);
    int digits = 0;
    while (digits < trimmed.length() && Character.isDigit(trimmed.charAt(digits))) {
      digits++;
    }
    int shift =
        switch (trimmed.substring(digits).trim()) {
          case "b" -> 0;
          case "kib" -> 10;
          case "mib" -> 20;
          case "gib" -> 30;
          default -> -1;
        };
    if (digits == 0 || digits > 9 || shift < 0) {
      throw new IllegalArgumentException(
          "size '%s' (expected: a number and B, KiB, MiB or GiB, such as 64MiB)".formatted(text));
    }
    return new DataSize(Long.parseLong(trimmed.substring(0, digits)) << shift);
  }

  @Override
  public String toString() {
    if (bytes != 0 && bytes % (1L << 30) == 0) {
      return (bytes >> 30) + "GiB";
    }
    if (bytes != 0 && bytes % (1L << 20) == 0) {
      return (bytes >> 20) + "MiB";
    }
    return bytes != 0 && bytes % (1L << 10) == 0 ? (bytes >> 10) + "KiB" : bytes + "B";
  }
}
