package nova.framelog;

import nova.core.Timescale;

/// A media time together with its unit, so that times of different tracks compare exactly.
///
/// *Immutable.*
///
/// @param ticks on the stream's 64-bit time line
record MediaTime(long ticks, Timescale timescale) implements Comparable<MediaTime> {
  @Override
  public int compareTo(MediaTime other) {
    long unit = timescale.ticksPerSecond();
    long otherUnit = other.timescale.ticksPerSecond();
    int seconds = Long.compare(Math.floorDiv(ticks, unit), Math.floorDiv(other.ticks, otherUnit));
    // Both rests are below 2^31, so the cross products fit.
    return seconds != 0
        ? seconds
        : Long.compare(
            Math.floorMod(ticks, unit) * otherUnit, Math.floorMod(other.ticks, otherUnit) * unit);
  }
}
