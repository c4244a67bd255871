package nova.app.publish;

/// Learns where a track of a round ends: its last timestamp and one mean frame more.
///
/// The mean of all frames is exact for a constant rate, whereas the last distance alone is rounded
/// to milliseconds and would shift every round.
///
/// *Confined to its creator's thread.*
final class TrackClock {
  private long firstMs = -1;
  private long lastMs;
  private long frames;

  void frame(long timestampMs) {
    if (firstMs < 0) {
      firstMs = timestampMs;
    }
    lastMs = Math.max(lastMs, timestampMs);
    frames++;
  }

  /// 0 for a track without frames.
  long endMs() {
    if (frames < 2) {
      return frames == 0 ? 0 : lastMs;
    }
    return firstMs + Math.round((double) (lastMs - firstMs) * frames / (frames - 1));
  }
}
