package nova.backends.kafka;

import java.util.Arrays;

/// The offsets of a stream's keyframes, rising, and the segments before them; the latest of them.
///
/// *Confined to the holder of its index's lock.*
final class KeyframeOffsets {
  /// Over half an hour of a keyframe each half second.
  private static final int MOST = 4_096;

  private long[] offsets = new long[32];
  private long[] lastSegments = new long[32];
  private int count;

  void add(long offset, long lastSegment) {
    if (count == MOST) {
      int half = MOST / 2;
      System.arraycopy(offsets, half, offsets, 0, half);
      System.arraycopy(lastSegments, half, lastSegments, 0, half);
      count = half;
    }
    if (count == offsets.length) {
      offsets = Arrays.copyOf(offsets, 2 * count);
      lastSegments = Arrays.copyOf(lastSegments, 2 * count);
    }
    offsets[count] = offset;
    lastSegments[count] = lastSegment;
    count++;
  }

  void clear() {
    count = 0;
  }

  boolean isEmpty() {
    return count == 0;
  }

  /// The latest.
  long last() {
    return offsets[count - 1];
  }

  /// The latest with nothing of that segment before it, or -1.
  long before(long segment) {
    for (int i = count - 1; i >= 0; i--) {
      if (lastSegments[i] < segment) {
        return offsets[i];
      }
    }
    return -1;
  }

  /// The first at or behind that offset, or -1.
  long from(long offset) {
    int at = Arrays.binarySearch(offsets, 0, count, offset);
    int first = at >= 0 ? at : -at - 1;
    return first < count ? offsets[first] : -1;
  }
}
