package nova.media.mp4;

import nova.media.TrackFormat.PixelAspectRatio;
import nova.media.TrackFormat.VideoFormat;

/// The size at which a picture is shown, in square pixels as 16.16 fixed point: `tkhd` wants it,
/// while the sample entry has the coded size.
///
/// Spec: ISO/IEC 14496-12 §8.3.2 (tkhd), ISO/IEC 23000-19 §7.5.4. *Immutable.*
record DisplaySize(int width16x16, int height16x16) {
  private static final long MAX_16X16 = 0xffff_ffffL;

  static DisplaySize of(VideoFormat format) {
    PixelAspectRatio pixel = format.pixelAspectRatio();
    if (pixel.horizontal() <= 0 || pixel.vertical() <= 0) {
      return new DisplaySize(format.width() << 16, format.height() << 16);
    }
    // The picture is stretched to its wider shape in width only, as players do.
    long width = ((long) format.width() << 16) * pixel.horizontal() / pixel.vertical();
    return new DisplaySize((int) Math.min(width, MAX_16X16), format.height() << 16);
  }
}
