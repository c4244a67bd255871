package nova.worker.pattern;

/// A colour as 8-bit video of limited range has it.
///
/// Spec: ITU-R BT.709-6 §3, §4. *Immutable.*
record Colour(int luma, int blueDifference, int redDifference) {
  static final Colour BLACK = ofRgb(0, 0, 0);
  static final Colour WHITE = ofRgb(1, 1, 1);

  private static final double RED = 0.2126;
  private static final double GREEN = 0.7152;
  private static final double BLUE = 0.0722;

  /// A colour of gamma-corrected parts from 0 to 1.
  static Colour ofRgb(double red, double green, double blue) {
    double luma = RED * red + GREEN * green + BLUE * blue;
    return new Colour(
        (int) Math.round(16 + 219 * luma),
        (int) Math.round(128 + 224 * (blue - luma) / (2 - 2 * BLUE)),
        (int) Math.round(128 + 224 * (red - luma) / (2 - 2 * RED)));
  }

  /// A grey from black, 0, to white, 1, and a little beyond.
  static Colour grey(double level) {
    return ofRgb(level, level, level);
  }
}
