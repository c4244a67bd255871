package nova.bench.soak;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/// How quantities went over a run, and which of them grew.
///
/// A run is divided into windows of equal length, and each window stands for its lowest sample:
/// what a collector lets come together before it collects is no growth, what it leaves is. The
/// first third warms up. Through the rest goes the line of least squares.
///
/// *Confined to its creator's thread.*
final class Course {
  static final int WINDOWS = 12;
  static final int WARM_UP = 4;

  private final double mediaMinutes;
  private final Map<Quantity, double[]> lowest = new EnumMap<>(Quantity.class);

  /// @param mediaMinutes how long the run is
  Course(double mediaMinutes) {
    this.mediaMinutes = mediaMinutes;
    for (Quantity quantity : Quantity.values()) {
      double[] windows = new double[WINDOWS];
      Arrays.fill(windows, Double.NaN);
      lowest.put(quantity, windows);
    }
  }

  /// Takes what was found at a minute of the run.
  void add(double mediaMinute, Map<Quantity, Double> found) {
    int window = Math.clamp((int) (mediaMinute / mediaMinutes * WINDOWS), 0, WINDOWS - 1);
    found.forEach(
        (quantity, value) -> {
          double[] windows = windows(quantity);
          windows[window] =
              Double.isNaN(windows[window]) ? value : Math.min(windows[window], value);
        });
  }

  /// Rise of the fitted line over the judged windows, or a fall when it is negative.
  ///
  /// @throws IllegalStateException when a judged window has no sample
  double rise(Quantity quantity) {
    double[] judged = Arrays.copyOfRange(windows(quantity), WARM_UP, WINDOWS);
    double mean = Arrays.stream(judged).average().orElseThrow();
    if (Double.isNaN(mean)) {
      throw new IllegalStateException(
          "%s was not sampled in every window (expected: at least once)".formatted(quantity));
    }
    double middle = (judged.length - 1) / 2.0;
    double together = 0;
    double squares = 0;
    for (int i = 0; i < judged.length; i++) {
      together += (i - middle) * (judged[i] - mean);
      squares += (i - middle) * (i - middle);
    }
    return together / squares * (judged.length - 1);
  }

  /// What rose by more than it may.
  List<Quantity> grown() {
    return Arrays.stream(Quantity.values()).filter(q -> rise(q) > q.mostRise()).toList();
  }

  /// The windows, the rises and their bounds, for a terminal of 110 columns.
  List<String> table() {
    List<String> lines = new ArrayList<>();
    lines.add(row("media min", Quantity::column));
    lines.add(row("", Quantity::unit));
    for (int window = 0; window < WINDOWS; window++) {
      int at = window;
      lines.add(
          row(
              "%.0f-%.0f%s"
                  .formatted(
                      mediaMinutes * window / WINDOWS,
                      mediaMinutes * (window + 1) / WINDOWS,
                      window < WARM_UP ? " *" : ""),
              quantity -> number("%.0f", windows(quantity)[at])));
    }
    lines.add(row("rise", quantity -> number("%+.1f", rise(quantity))));
    lines.add(row("at most", quantity -> number("%.1f", quantity.mostRise())));
    lines.add("Lowest of each window. * warms up and is not judged.");
    return lines;
  }

  private double[] windows(Quantity quantity) {
    return lowest.getOrDefault(quantity, new double[0]);
  }

  private static String row(String heading, Function<Quantity, String> cell) {
    StringBuilder row = new StringBuilder(String.format(Locale.ROOT, "%-11s", heading));
    for (Quantity quantity : Quantity.values()) {
      row.append(String.format(Locale.ROOT, "%8s", cell.apply(quantity)));
    }
    return row.toString().stripTrailing();
  }

  private static String number(String format, double value) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, format, value);
  }
}
