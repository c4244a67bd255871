package nova.worker.pattern;

/// Reads the time off a picture of the test pattern, as its layout says and a page would do it.
final class PatternCode {
  /// The luma of a pixel, 0 to 255.
  @FunctionalInterface
  interface Picture {
    int luma(int x, int y);
  }

  private PatternCode() {}

  static long read(int width, int height, Picture picture) {
    double cell = Math.min(width / 48.0, height / 8.0);
    long epochMs = 0;
    for (int i = 0; i < 48; i++) {
      int luma = picture.luma((int) ((i + 0.5) * width / 48), (int) (height - cell / 2));
      epochMs = epochMs << 1 | (luma > 127 ? 1 : 0);
    }
    return epochMs;
  }
}
