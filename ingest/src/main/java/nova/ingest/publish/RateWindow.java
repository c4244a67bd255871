package nova.ingest.publish;

/// Sums per second over the last five seconds of media time.
///
/// *Confined to its session's thread.*
final class RateWindow {
  private static final int SECONDS = 5;

  private final long[] sums = new long[SECONDS + 1]; // the last one is still filling
  private long second = Long.MIN_VALUE;
  private int full;

  void add(long timeMs, long amount) {
    long now = Math.floorDiv(timeMs, 1_000L);
    if (second == Long.MIN_VALUE) {
      second = now;
    }
    for (long steps = Math.min(now - second, SECONDS + 1L); steps > 0; steps--) {
      next();
    }
    second = Math.max(second, now);
    sums[SECONDS] += amount;
  }

  /// The mean per second, 0 before the first second is full.
  double perSecond() {
    long sum = 0;
    for (int i = SECONDS - full; i < SECONDS; i++) {
      sum += sums[i];
    }
    return full == 0 ? 0 : (double) sum / full;
  }

  private void next() {
    System.arraycopy(sums, 1, sums, 0, SECONDS);
    sums[SECONDS] = 0;
    full = Math.min(SECONDS, full + 1);
  }
}
