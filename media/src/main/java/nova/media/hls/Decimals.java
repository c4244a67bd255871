package nova.media.hls;

import java.math.RoundingMode;
import java.time.Duration;
import nova.core.Timescale;

/// Decimal numbers in playlists, made of integers alone, so that neither a locale nor binary
/// fractions show. All seconds are rounded alike to 10 µs: what is not longer as ticks is not
/// longer as text.
final class Decimals {
  private static final Timescale HUNDRED_THOUSANDTHS = new Timescale(100_000);
  private static final Timescale NANOS = new Timescale(1_000_000_000);

  private Decimals() {}

  /// Seconds with five decimals, as EXTINF and EXT-X-PART want them.
  static void appendSeconds(StringBuilder out, long ticks, Timescale timescale) {
    append(out, timescale.rescale(ticks, HUNDRED_THOUSANDTHS, RoundingMode.HALF_UP), 5);
  }

  /// Seconds with five decimals or, when the rest is zero, four or three.
  static void appendSeconds(StringBuilder out, Duration duration) {
    long value = NANOS.rescale(duration.toNanos(), HUNDRED_THOUSANDTHS, RoundingMode.HALF_UP);
    int decimals = 5;
    while (decimals > 3 && value % 10 == 0) {
      value /= 10;
      decimals--;
    }
    append(out, value, decimals);
  }

  static void appendThousandths(StringBuilder out, double value) {
    append(out, Math.round(value * 1_000), 3);
  }

  private static void append(StringBuilder out, long value, int decimals) {
    long unit = 1;
    for (int i = 0; i < decimals; i++) {
      unit *= 10;
    }
    out.append(value / unit).append('.');
    long fraction = value % unit;
    for (long digit = unit / 10; digit > 0; digit /= 10) {
      out.append((char) ('0' + fraction / digit % 10));
    }
  }
}
