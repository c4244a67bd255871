package nova.bench;

import java.util.Arrays;

/// Durations in nanoseconds, all of them kept, for exact percentiles.
///
/// *Confined to one thread at a time.*
final class Samples {
  private long[] values;
  private int size;
  private boolean sorted;

  Samples(int expected) {
    values = new long[Math.max(16, expected)];
  }

  void add(long nanos) {
    if (size == values.length) {
      values = Arrays.copyOf(values, size * 2);
    }
    values[size++] = nanos;
    sorted = false;
  }

  void addAll(Samples others) {
    for (int i = 0; i < others.size; i++) {
      add(others.values[i]);
    }
  }

  int size() {
    return size;
  }

  /// The smallest sample that at least `percent` of all samples do not exceed.
  long percentile(double percent) {
    if (size == 0) {
      throw new IllegalStateException("no samples (expected: at least one); nothing was measured");
    }
    if (!sorted) {
      Arrays.sort(values, 0, size);
      sorted = true;
    }
    int rank = (int) Math.ceil(percent / 100 * size);
    return values[Math.clamp(rank - 1, 0, size - 1)];
  }

  double percentileMs(double percent) {
    return percentile(percent) / 1e6;
  }

  double percentileUs(double percent) {
    return percentile(percent) / 1e3;
  }
}
