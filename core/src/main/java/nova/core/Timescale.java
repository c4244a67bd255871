package nova.core;

import java.math.RoundingMode;
import java.time.Duration;

/// Ticks per second of a track, as in `mdhd.timescale`. All rescaling of media times happens here,
/// with an explicit rounding.
///
/// Spec: ISO/IEC 14496-12 §8.4.2 (mdhd). *Immutable.*
///
/// @param ticksPerSecond 1..2^31-1
public record Timescale(int ticksPerSecond) {
  /// Milliseconds, the scale of RTMP timestamps.
  public static final Timescale MILLIS = new Timescale(1_000);

  /// 90 kHz, the scale of every video track.
  public static final Timescale VIDEO = new Timescale(90_000);

  public Timescale {
    if (ticksPerSecond <= 0) {
      throw new IllegalArgumentException(
          "timescale %d ticks per second (expected: > 0)".formatted(ticksPerSecond));
    }
  }

  /// `ticks` of this scale in `target`, rounded as asked.
  public long rescale(long ticks, Timescale target, RoundingMode rounding) {
    return scale(ticks, target.ticksPerSecond, ticksPerSecond, rounding);
  }

  /// `ticks` in milliseconds, rounded as asked.
  public long toMs(long ticks, RoundingMode rounding) {
    return scale(ticks, 1_000, ticksPerSecond, rounding);
  }

  /// Milliseconds in ticks, rounded as asked.
  public long fromMs(long ms, RoundingMode rounding) {
    return scale(ms, ticksPerSecond, 1_000, rounding);
  }

  /// `ticks` as a [Duration], rounded down to nanoseconds.
  public Duration toDuration(long ticks) {
    long seconds = Math.floorDiv(ticks, ticksPerSecond);
    long rest = Math.floorMod(ticks, (long) ticksPerSecond);
    return Duration.ofSeconds(seconds, rest * 1_000_000_000L / ticksPerSecond);
  }

  /// A duration in ticks, rounded as asked. The duration must be shorter than about 290 years in
  /// ns.
  public long fromDuration(Duration duration, RoundingMode rounding) {
    long whole = Math.multiplyExact(duration.getSeconds(), (long) ticksPerSecond);
    return whole + scale(duration.getNano(), ticksPerSecond, 1_000_000_000, rounding);
  }

  /// `ticks` in seconds, for text such as EXTINF.
  public double toSeconds(long ticks) {
    return (double) ticks / ticksPerSecond;
  }

  private static long scale(long value, long multiply, long divide, RoundingMode rounding) {
    if (multiply == divide) {
      return value;
    }
    // value = whole * divide + rest, so nothing overflows for 64-bit times of years.
    long whole = Math.floorDiv(value, divide);
    long rest = Math.floorMod(value, divide);
    long product = rest * multiply;
    long quotient = product / divide;
    long remainder = product % divide;
    long base = Math.addExact(Math.multiplyExact(whole, multiply), quotient);
    if (remainder == 0) {
      return base;
    }
    return switch (rounding) {
      case FLOOR -> base;
      case CEILING -> base + 1;
      case DOWN -> value < 0 ? base + 1 : base;
      case UP -> value < 0 ? base : base + 1;
      case HALF_UP -> remainder * 2 >= divide ? base + 1 : base;
      case HALF_DOWN -> remainder * 2 > divide ? base + 1 : base;
      case HALF_EVEN ->
          remainder * 2 == divide ? base + (base & 1) : remainder * 2 > divide ? base + 1 : base;
      case UNNECESSARY ->
          throw new ArithmeticException("%d does not rescale exactly".formatted(value));
    };
  }
}
