package nova.packager;

/// The last segment that is packaged here, because another process goes on behind it.
///
/// *Confined to the holder of its stream's lock.*
final class LastSegment {
  private long number = Long.MAX_VALUE;

  /// Nothing above a number is packaged from now on.
  void is(long last) {
    number = last;
  }

  /// Whether it is known.
  boolean isKnown() {
    return number != Long.MAX_VALUE;
  }

  /// Whether a number is left to the other process.
  boolean isBefore(long other) {
    return number < other;
  }
}
