package nova.media.mp4;

import java.time.Instant;

/// The 64-bit NTP timestamp format: 32 bits of seconds since 1900 (they wrap in 2036), 32 bits of
/// fraction.
///
/// Spec: RFC 5905 §6.
final class NtpTimestamps {
  /// Seconds from 1900-01-01 to 1970-01-01.
  private static final long EPOCH_SECONDS = 2_208_988_800L;

  /// Seconds of one NTP era; era 1 begins in 2036.
  private static final long ERA_SECONDS = 1L << 32;

  private static final long NANOS = 1_000_000_000L;

  private NtpTimestamps() {}

  static long of(Instant time) {
    long seconds = (time.getEpochSecond() + EPOCH_SECONDS) & 0xffff_ffffL;
    // Rounded up, so that the way back, rounded down, meets the same nanosecond.
    long fraction = (((long) time.getNano() << 32) + NANOS - 1) / NANOS;
    return seconds << 32 | fraction;
  }

  /// The instant between 1968 and 2104 that has this timestamp, as RFC 4330 §3 resolves the wrap.
  static Instant toInstant(long timestamp) {
    long seconds = timestamp >>> 32;
    long era = (seconds & 0x8000_0000L) != 0 ? 0 : ERA_SECONDS;
    long nanos = ((timestamp & 0xffff_ffffL) * NANOS) >>> 32;
    return Instant.ofEpochSecond(seconds + era - EPOCH_SECONDS, nanos);
  }
}
