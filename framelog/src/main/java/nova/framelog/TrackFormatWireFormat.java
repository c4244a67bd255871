package nova.framelog;

import nova.core.Bytes;
import nova.core.Timescale;
import nova.media.TrackFormat;
import nova.media.TrackFormat.AudioCodec;
import nova.media.TrackFormat.AudioFormat;
import nova.media.TrackFormat.PixelAspectRatio;
import nova.media.TrackFormat.VideoCodec;
import nova.media.TrackFormat.VideoFormat;
import nova.media.bytes.ByteReader;
import nova.media.bytes.ByteWriter;

/// A [TrackFormat] as bytes, the last part of a log entry.
///
///     1 AVC  timescale 4 | codec string 1 + n | width 2 | height 2 | pixel aspect 4 + 4
///            | frame rate 8 (IEEE 754) | configuration, all that is left
///     2 AAC  sample rate 4 | codec string 1 + n | channels 1 | samples per frame 2
///            | configuration, all that is left
///
/// *Thread-safe.*
final class TrackFormatWireFormat {
  private static final int AVC = 1;
  private static final int AAC = 2;
  private static final int MAX_U8 = 0xff;
  private static final int MAX_U16 = 0xffff;
  private static final double MAX_FRAME_RATE = 1_000;

  private TrackFormatWireFormat() {}

  static void write(TrackFormat format, ByteWriter out) {
    switch (format) {
      case VideoFormat video -> {
        out.u8(
            switch (video.codec()) {
              case AVC -> AVC;
            });
        out.u32(video.timescale().ticksPerSecond());
        writeText(video.codecString(), out);
        out.u16(fitting("width", video.width(), MAX_U16))
            .u16(fitting("height", video.height(), MAX_U16))
            .u32(video.pixelAspectRatio().horizontal())
            .u32(video.pixelAspectRatio().vertical())
            .float64(video.frameRate())
            .bytes(video.configuration());
      }
      case AudioFormat audio -> {
        out.u8(
            switch (audio.codec()) {
              case AAC -> AAC;
            });
        out.u32(audio.sampleRate());
        writeText(audio.codecString(), out);
        out.u8(fitting("number of channels", audio.channels(), MAX_U8))
            .u16(fitting("samples per frame", audio.samplesPerFrame(), MAX_U16))
            .bytes(audio.configuration());
      }
    }
  }

  static TrackFormat read(ByteReader in) {
    int codec = in.u8();
    return switch (codec) {
      case AVC -> readVideo(in);
      case AAC -> readAudio(in);
      default -> throw LogWireFormat.malformed("codec", codec, "1 or 2");
    };
  }

  static int expectedBytes(TrackFormat format) {
    Bytes configuration =
        switch (format) {
          case VideoFormat video -> video.configuration();
          case AudioFormat audio -> audio.configuration();
        };
    return 32 + format.codecString().length() + configuration.length();
  }

  private static VideoFormat readVideo(ByteReader in) {
    Timescale timescale = new Timescale(positive("timescale", in.s32()));
    String codecString = readText(in);
    int width = positive("width", in.u16());
    int height = positive("height", in.u16());
    PixelAspectRatio pixels =
        new PixelAspectRatio(positive("pixel width", in.s32()), positive("pixel height", in.s32()));
    double frameRate = in.float64();
    if (!(frameRate >= 0 && frameRate <= MAX_FRAME_RATE)) {
      throw LogWireFormat.malformed("frame rate", (long) frameRate, "0..1000");
    }
    return new VideoFormat(
        VideoCodec.AVC, timescale, codecString, width, height, pixels, frameRate, in.rest());
  }

  private static AudioFormat readAudio(ByteReader in) {
    int sampleRate = positive("sample rate", in.s32());
    String codecString = readText(in);
    int channels = positive("number of channels", in.u8());
    int samplesPerFrame = positive("samples per frame", in.u16());
    return new AudioFormat(
        AudioCodec.AAC, codecString, sampleRate, channels, samplesPerFrame, in.rest());
  }

  /// Codec strings are ASCII.
  private static void writeText(String text, ByteWriter out) {
    out.u8(fitting("length of codec string", text.length(), MAX_U8)).utf8(text);
  }

  private static String readText(ByteReader in) {
    Bytes text = in.bytes(in.u8());
    for (int i = 0; i < text.length(); i++) {
      if (text.get(i) <= ' ') { // above 0x7e bytes are negative
        throw LogWireFormat.malformed("codec string byte", text.getUnsigned(i), "visible ASCII");
      }
    }
    return text.toUtf8();
  }

  private static int positive(String what, int value) {
    if (value <= 0) {
      throw LogWireFormat.malformed(what, value, "> 0");
    }
    return value;
  }

  private static int fitting(String what, int value, int maximum) {
    if (value < 0 || value > maximum) {
      throw new IllegalArgumentException("%s %d (expected: 0..%d)".formatted(what, value, maximum));
    }
    return value;
  }
}
