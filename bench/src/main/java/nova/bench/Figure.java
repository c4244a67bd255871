package nova.bench;

import java.util.Locale;

/// One line of the report.
///
/// *Immutable.*
///
/// @param what what was measured
/// @param measured the value with its unit
/// @param budget what it should be, empty when there is no budget
/// @param verdict whether it is
record Figure(String what, String measured, String budget, Verdict verdict) {
  /// How a figure stands to its budget.
  enum Verdict {
    OK,
    OVER,
    NO_BUDGET
  }

  /// A figure that only informs.
  static Figure fact(String what, String measured) {
    return new Figure(what, measured, "", Verdict.NO_BUDGET);
  }

  /// A figure with a limit in its own unit.
  static Figure limited(String what, double value, double limit, String unit) {
    return new Figure(
        what,
        number(value) + " " + unit,
        "<= " + number(limit) + " " + unit,
        verdict(value, limit));
  }

  /// Nova's cost as a multiple of its peer's.
  static Figure ratio(String what, double nova, double peer, double limit) {
    double ratio = nova / peer;
    return new Figure(
        what, number(ratio) + "x", "<= " + number(limit) + "x", verdict(ratio, limit));
  }

  /// Three significant digits: what such measurements are worth.
  static String number(double value) {
    double magnitude = Math.abs(value);
    String format = magnitude >= 100 ? "%.0f" : magnitude >= 10 ? "%.1f" : "%.2f";
    return String.format(Locale.ROOT, format, value);
  }

  private static Verdict verdict(double value, double limit) {
    return value <= limit ? Verdict.OK : Verdict.OVER;
  }
}
