package nova.worker.pattern;

/// Part of a picture, in pixels from its upper left corner.
///
/// *Immutable.*
record Area(int x, int y, int width, int height) {
  int right() {
    return x + width;
  }

  int bottom() {
    return y + height;
  }

  /// The `index`-th of `count` columns of nearly the same width, with edges on even pixels so that
  /// none of them shares its colour with the next.
  Area column(int index, int count) {
    int left = x + (width * index / count & ~1);
    int end = x + (width * (index + 1) / count & ~1);
    return new Area(left, y, end - left, height);
  }
}
