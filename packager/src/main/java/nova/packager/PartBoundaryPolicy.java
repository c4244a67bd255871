package nova.packager;

import java.math.RoundingMode;
import java.time.Duration;
import nova.core.Timescale;

/// Decides where the parts of a segment end: a part takes samples as long as it stays within
/// PART-TARGET.
///
/// A sample's duration is known only when the next one is there, so the length with one more sample
/// is predicted by the mean of those before. [#exceeded] catches a wrong prediction.
///
/// Spec: rfc8216bis-22 §4.4.3.7 (PART-TARGET), §4.4.4.9 (at least 85 % of it). *Immutable.*
///
/// @param target PART-TARGET in ticks
/// @param tolerance by which a prediction may exceed the target, in ticks: RTMP's milliseconds
///   round the same frames to 333 or 334
public record PartBoundaryPolicy(long target, long tolerance) {
  /// The policy for a track.
  public static PartBoundaryPolicy of(Duration target, Timescale timescale) {
    return new PartBoundaryPolicy(
        timescale.fromDuration(target, RoundingMode.FLOOR),
        timescale.fromMs(1, RoundingMode.FLOOR));
  }

  /// Whether a part of `samples` samples that last `elapsed` ticks is full.
  public boolean full(long elapsed, int samples) {
    return samples > 0 && elapsed + elapsed / samples > target + tolerance;
  }

  /// Whether a part that lasts `elapsed` ticks is too long.
  public boolean exceeded(long elapsed) {
    return elapsed > target;
  }
}
