package nova.media;

import nova.core.Bytes;
import nova.core.Timescale;

/// What a decoder must know of a track before its first frame.
///
/// *Immutable.*
public sealed interface TrackFormat {
  /// The unit of the track's `dts`, `pts` and durations.
  Timescale timescale();

  /// RFC 6381 codec string, such as `avc1.64001f`.
  String codecString();

  /// What a decoder is given before the first frame, in the coding's own form.
  Bytes configuration();

  /// A video track.
  ///
  /// @param codec how `configuration` and the payloads are coded
  /// @param width coded width after cropping, in pixels
  /// @param height coded height after cropping, in pixels
  /// @param frameRate frames per second as the bitstream declares it, 0 when it does not
  /// @param configuration the decoder configuration record (`avcC` body for AVC)
  record VideoFormat(
      VideoCodec codec,
      Timescale timescale,
      String codecString,
      int width,
      int height,
      PixelAspectRatio pixelAspectRatio,
      double frameRate,
      Bytes configuration)
      implements TrackFormat {}

  /// An audio track.
  ///
  /// @param sampleRate samples per second; also the timescale
  /// @param channels number of channels
  /// @param samplesPerFrame samples of one access unit (1024 for AAC-LC)
  /// @param configuration AudioSpecificConfig for AAC
  record AudioFormat(
      AudioCodec codec,
      String codecString,
      int sampleRate,
      int channels,
      int samplesPerFrame,
      Bytes configuration)
      implements TrackFormat {
    @Override
    public Timescale timescale() {
      return new Timescale(sampleRate);
    }
  }

  /// Video codings that Nova carries.
  enum VideoCodec {
    AVC
  }

  /// Audio codings that Nova carries.
  enum AudioCodec {
    AAC
  }

  /// Width to height of one pixel; 1:1 for square pixels.
  record PixelAspectRatio(int horizontal, int vertical) {
    public static final PixelAspectRatio SQUARE = new PixelAspectRatio(1, 1);
  }
}
