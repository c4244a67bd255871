package nova.worker.poster;

import nova.media.TrackFormat.PixelAspectRatio;

/// How large a poster is: as the picture is shown, in square pixels, at most 1280x720 and never
/// enlarged.
///
/// *Immutable.*
///
/// @param width even
/// @param height even
record PosterSize(int width, int height) {
  static final int MAX_WIDTH = 1280;
  static final int MAX_HEIGHT = 720;

  /// The size for a picture of `width` x `height` pixels of that shape.
  static PosterSize of(int width, int height, PixelAspectRatio pixel) {
    double shape = (double) pixel.horizontal() / pixel.vertical();
    double shown = width * shape;
    double scale = Math.min(1, Math.min(MAX_WIDTH / shown, (double) MAX_HEIGHT / height));
    return new PosterSize(even(shown * scale, MAX_WIDTH), even(height * scale, MAX_HEIGHT));
  }

  private static int even(double side, int maximum) {
    return Math.clamp(Math.round(side / 2) * 2, 2, maximum);
  }
}
