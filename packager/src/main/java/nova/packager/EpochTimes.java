package nova.packager;

import java.time.Instant;
import nova.core.Epoch;

/// What the source showed of one epoch: its first number, and when its segments begin and end. The
/// rungs follow it.
///
/// *Confined to the holder of its stream's lock.*
final class EpochTimes {
  private final Epoch epoch;
  private final long discontinuities;
  private final SegmentClock clock;
  private long firstNumber;

  /// @param firstNumber of its first segment
  /// @param discontinuities number of epochs with media before this one
  EpochTimes(Epoch epoch, long firstNumber, long discontinuities) {
    this(epoch, firstNumber, discontinuities, new SegmentClock());
  }

  /// An epoch that is known already.
  EpochTimes(Epoch epoch, long firstNumber, long discontinuities, SegmentClock clock) {
    this.epoch = epoch;
    this.firstNumber = firstNumber;
    this.discontinuities = discontinuities;
    this.clock = clock;
  }

  Epoch epoch() {
    return epoch;
  }

  SegmentClock clock() {
    return clock;
  }

  /// A segment of the source began; the first one begins the epoch, whatever was announced.
  void began(long number, long startNs, Instant wallClock) {
    if (!hasMedia()) {
      firstNumber = number;
    }
    clock.began(number, startNs, wallClock);
  }

  /// Whether any media came.
  boolean hasMedia() {
    return clock.hasBegun();
  }

  long firstNumber() {
    return firstNumber;
  }

  /// The number after the last that began so far.
  long nextNumber() {
    return clock.highest(firstNumber - 1) + 1;
  }

  /// Number of epochs with media before this one.
  long discontinuities() {
    return discontinuities;
  }
}
