package nova.core;

/// The number of a run of media with one clock and one set of track formats within a stream, from
/// 0.
///
/// A publish session has one epoch unless its formats or its clock break; a return after a lost
/// connection is always a new one. HLS shows the start of an epoch as `EXT-X-DISCONTINUITY`.
///
/// *Immutable.*
///
/// @param number 0 for the first epoch of the stream
public record Epoch(int number) implements Comparable<Epoch> {
  public Epoch {
    if (number < 0) {
      throw new IllegalArgumentException("epoch %d (expected: >= 0)".formatted(number));
    }
  }

  public Epoch next() {
    return new Epoch(number + 1);
  }

  @Override
  public int compareTo(Epoch other) {
    return Integer.compare(number, other.number);
  }

  @Override
  public String toString() {
    return Integer.toString(number);
  }
}
