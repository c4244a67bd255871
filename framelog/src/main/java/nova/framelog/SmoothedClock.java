package nova.framelog;

import java.time.Duration;
import java.time.Instant;

/// The wall clock of an epoch's media times: the encoder's clock tied to ingest's, without the
/// jitter of the network and without the encoder's drift of 10 to 100 ppm.
///
/// A frame cannot arrive before it was made, so the least delay (arrival minus media time) within a
/// minute is the best measure of how the clocks stand to each other. The correction follows that
/// measure in small and rare steps, each where a segment begins: players place one rendition beside
/// another by its segments' wall clock (EXT-X-PROGRAM-DATE-TIME), so within a playlist that clock
/// has to agree with the durations. Where it does not, hls.js 1.7.4 that changes the rendition
/// loads a whole segment again.
///
/// *Confined to its session's thread.*
final class SmoothedClock {
  private static final Duration WINDOW = Duration.ofSeconds(60);
  private static final long STEP_NS = Duration.ofMillis(50).toNanos();

  private final Instant origin;
  private long windowEndNs;
  private long windowLeastDelayNs = Long.MAX_VALUE;
  private long dueNs; // the step to take where the next segment begins
  private long latestSegment = Long.MIN_VALUE;
  private long correctedSegment = Long.MIN_VALUE; // the first one with the latest correction
  private long correctionNs;
  private long earlierCorrectionNs;

  /// @param origin wall clock of media time zero when the epoch begins
  /// @param firstMediaNs the media time at which the epoch begins
  SmoothedClock(Instant origin, long firstMediaNs) {
    this.origin = origin;
    this.windowEndNs = firstMediaNs + WINDOW.toNanos();
  }

  /// Takes note of a frame's arrival.
  ///
  /// @param decodeNs its decode time on the stream's time line
  void arrived(long decodeNs, Instant arrivedAt) {
    long delay = Duration.between(origin.plusNanos(decodeNs), arrivedAt).toNanos();
    windowLeastDelayNs = Math.min(windowLeastDelayNs, delay);
    if (decodeNs >= windowEndNs) {
      long off = windowLeastDelayNs - correctionNs;
      dueNs = Math.abs(off) > STEP_NS ? Long.signum(off) * STEP_NS : 0;
      windowLeastDelayNs = Long.MAX_VALUE;
      windowEndNs = decodeNs + WINDOW.toNanos();
    }
  }

  /// The wall clock of a media time on the stream's time line.
  ///
  /// @param segment that the time belongs to
  Instant at(long mediaNs, long segment) {
    if (segment > latestSegment) {
      if (dueNs != 0) {
        earlierCorrectionNs = correctionNs;
        correctionNs += dueNs;
        correctedSegment = segment;
        dueNs = 0;
      }
      latestSegment = segment;
    }
    return origin.plusNanos(
        mediaNs + (segment >= correctedSegment ? correctionNs : earlierCorrectionNs));
  }
}
