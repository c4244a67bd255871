package nova.media.mp4;

import nova.core.Bytes;
import nova.core.Timescale;
import nova.media.TrackFormat.AudioFormat;
import nova.media.TrackFormat.PixelAspectRatio;
import nova.media.TrackFormat.VideoFormat;
import nova.media.aac.AacFormats;
import nova.media.avc.AvcFormats;

/// Track formats of real encoders.
final class Formats {
  /// x264 through FFmpeg 5.1: high profile, level 1.3, 320x180, BT.709 tagged.
  static final VideoFormat AVC_320X180 =
      AvcFormats.of(
          Bytes.ofHex(
              "0164000dffe1001c6764000dacd941419f9f016a0202028000000300800000"
                  + "1e078a14cb01000468ef8fcbfdf8f800"));

  /// FFmpeg's AAC encoder: LC, 48 kHz, stereo.
  static final AudioFormat AAC_48K = AacFormats.of(Bytes.ofHex("119056e500"));

  private Formats() {}

  /// The same video squeezed to pixels that are wider than high.
  static VideoFormat anamorphic() {
    VideoFormat square = AVC_320X180;
    return new VideoFormat(
        square.codec(),
        Timescale.VIDEO,
        square.codecString(),
        square.width(),
        square.height(),
        new PixelAspectRatio(4, 3),
        square.frameRate(),
        square.configuration());
  }

  /// The same sound at another rate, which no field of the sample entry has room for.
  static AudioFormat at96k() {
    return new AudioFormat(
        AAC_48K.codec(), AAC_48K.codecString(), 96_000, 6, 1024, AAC_48K.configuration());
  }
}
