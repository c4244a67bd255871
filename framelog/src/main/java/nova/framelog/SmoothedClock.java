package nova.framelog;

import java.time.Instant;

/// The wall clock of an epoch's media times: the encoder's clock tied to ingest's, without the
/// jitter of the network and without the encoder's drift of 10 to 100 ppm.
///
/// A frame cannot arrive before it was made, so the least delay (arrival minus media time) within a
/// window of 10 s is the best measure of how the clocks stand to each other. The correction follows
/// that measure at no more than 1 ms per second of media, so times never jump and always rise.
///
/// *Confined to its session's thread.*
final class SmoothedClock {
  private static final long WINDOW_NS = 10_000_000_000L;
  private static final long SLEW_DIVISOR = 1_000; // 1 ms per s

  private final Instant origin;
  private long windowEndNs;
  private long windowLeastDelayNs = Long.MAX_VALUE;
  private long targetNs;
  private long correctionNs;
  private long latestNs;

  /// @param origin wall clock of media time zero when the epoch begins
  /// @param firstMediaNs the media time at which the epoch begins
  SmoothedClock(Instant origin, long firstMediaNs) {
    this.origin = origin;
    this.latestNs = firstMediaNs;
    this.windowEndNs = firstMediaNs + WINDOW_NS;
  }

  /// Takes note of a frame's arrival.
  ///
  /// @param decodeNs its decode time on the stream's time line
  void arrived(long decodeNs, Instant arrivedAt) {
    long delay = nanosBetween(origin.plusNanos(decodeNs), arrivedAt);
    windowLeastDelayNs = Math.min(windowLeastDelayNs, delay);
    if (decodeNs <= latestNs) {
      return;
    }
    long slew = (decodeNs - latestNs) / SLEW_DIVISOR;
    correctionNs += Math.clamp(targetNs - correctionNs, -slew, slew);
    latestNs = decodeNs;
    if (decodeNs >= windowEndNs) {
      targetNs = windowLeastDelayNs;
      windowLeastDelayNs = Long.MAX_VALUE;
      windowEndNs = decodeNs + WINDOW_NS;
    }
  }

  /// The wall clock of a media time on the stream's time line.
  Instant at(long mediaNs) {
    return origin.plusNanos(mediaNs + correctionNs);
  }

  private static long nanosBetween(Instant from, Instant to) {
    return Math.addExact(
        Math.multiplyExact(to.getEpochSecond() - from.getEpochSecond(), 1_000_000_000L),
        to.getNano() - from.getNano());
  }
}
