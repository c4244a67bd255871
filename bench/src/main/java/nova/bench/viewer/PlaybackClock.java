package nova.bench.viewer;

/// A player's buffer as a moment: when what has been downloaded will have been played.
///
/// *Confined to its viewer's thread.*
final class PlaybackClock {
  private long dryAtNanos;
  private boolean playing;
  private int stalls;
  private long stalledNanos;
  private long leastBufferNanos = Long.MAX_VALUE;

  /// Begins to play with that much downloaded ahead of the playhead.
  void start(long nowNanos, double bufferedSeconds) {
    playing = true;
    dryAtNanos = nowNanos + nanos(bufferedSeconds);
  }

  boolean playing() {
    return playing;
  }

  /// More media has arrived; when the buffer had run dry before, that was a stall.
  void append(long nowNanos, double seconds) {
    long buffered = dryAtNanos - nowNanos;
    leastBufferNanos = Math.min(leastBufferNanos, Math.max(0, buffered));
    if (buffered < 0) {
      stalls++;
      stalledNanos -= buffered;
      dryAtNanos = nowNanos;
    }
    dryAtNanos += nanos(seconds);
  }

  int stalls() {
    return stalls;
  }

  long stalledNanos() {
    return stalledNanos;
  }

  /// The least that was left when new media came.
  long leastBufferNanos() {
    return leastBufferNanos;
  }

  private static long nanos(double seconds) {
    return Math.round(seconds * 1e9);
  }
}
