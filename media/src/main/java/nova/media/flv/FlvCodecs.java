package nova.media.flv;

import nova.core.Bytes;
import nova.media.MalformedMediaException;
import nova.media.TrackFormat.AudioFormat;
import nova.media.TrackFormat.VideoFormat;
import nova.media.UnsupportedMediaException;
import nova.media.aac.AacFormats;
import nova.media.avc.AvcFormats;
import nova.media.bytes.FourCc;

/// The codecs that FLV can name, and the track formats of those that Nova carries. Legacy numbers
/// are mapped to the codes of Enhanced RTMP, so everything after the tag header sees one kind of
/// name.
///
/// Spec: E-RTMP v2 "FourCC"; FLV E.4.2.1 (SoundFormat), E.4.3.1 (CodecID). *Immutable.*
public final class FlvCodecs {
  public static final FourCc AVC = FourCc.of("avc1");
  public static final FourCc HEVC = FourCc.of("hvc1");
  public static final FourCc VVC = FourCc.of("vvc1");
  public static final FourCc AV1 = FourCc.of("av01");
  public static final FourCc AAC = FourCc.of("mp4a");

  private FlvCodecs() {}

  /// The format of a video track whose sequence starts with `configuration`.
  ///
  /// @throws MalformedMediaException when the configuration is broken
  /// @throws UnsupportedMediaException when Nova does not carry the codec or this use of it
  public static VideoFormat videoFormat(FourCc codec, Bytes configuration) {
    if (codec.equals(AVC)) {
      return AvcFormats.of(configuration);
    }
    throw unsupportedVideo(name(codec));
  }

  /// The format of an audio track whose sequence starts with `configuration`.
  ///
  /// @throws MalformedMediaException when the configuration is broken
  /// @throws UnsupportedMediaException when Nova does not carry the codec or this use of it
  public static AudioFormat audioFormat(FourCc codec, Bytes configuration) {
    if (codec.equals(AAC)) {
      return AacFormats.of(configuration);
    }
    throw unsupportedAudio(name(codec));
  }

  /// What people call the codec, with its code.
  public static String name(FourCc codec) {
    String code = codec.toString();
    String name =
        switch (code) {
          case "avc1" -> "H.264";
          case "hvc1" -> "H.265 (HEVC)";
          case "vvc1" -> "H.266 (VVC)";
          case "av01" -> "AV1";
          case "vp08" -> "VP8";
          case "vp09" -> "VP9";
          case "mp4a" -> "AAC";
          case "Opus" -> "Opus";
          case "ac-3" -> "AC-3";
          case "ec-3" -> "E-AC-3";
          case ".mp3" -> "MP3";
          case "fLaC" -> "FLAC";
          default -> "a codec unknown to FLV";
        };
    return name + " [" + code + "]";
  }

  /// Whether coded frames carry a composition time before the payload.
  static boolean hasCompositionTime(FourCc codec) {
    return codec.equals(AVC) || codec.equals(HEVC) || codec.equals(VVC);
  }

  static FourCc ofLegacyVideo(int codecId) {
    return switch (codecId) {
      case 7 -> AVC;
      case 12 -> HEVC; // not in the specification, but sent by many encoders made in China
      case 13 -> AV1; // likewise
      case 2 -> throw unsupportedVideo("Sorenson H.263");
      case 3, 6 -> throw unsupportedVideo("Screen video");
      case 4, 5 -> throw unsupportedVideo("VP6");
      case 9 -> throw unsupportedVideo("MPEG-4 Visual");
      default -> throw unsupportedVideo("FLV codec " + codecId);
    };
  }

  static FourCc ofLegacyAudio(int soundFormat) {
    return switch (soundFormat) {
      case 10 -> AAC;
      case 2, 14 -> throw unsupportedAudio("MP3");
      case 0, 3 -> throw unsupportedAudio("linear PCM");
      case 1 -> throw unsupportedAudio("ADPCM");
      case 4, 5, 6 -> throw unsupportedAudio("Nellymoser");
      case 7, 8 -> throw unsupportedAudio("G.711");
      case 11 -> throw unsupportedAudio("Speex");
      default -> throw unsupportedAudio("FLV sound format " + soundFormat);
    };
  }

  private static UnsupportedMediaException unsupportedVideo(String name) {
    return new UnsupportedMediaException(
        "video-codec",
        "video is %s (expected: H.264); set the video encoder to H.264".formatted(name));
  }

  private static UnsupportedMediaException unsupportedAudio(String name) {
    return new UnsupportedMediaException(
        "audio-codec", "audio is %s (expected: AAC); set the audio encoder to AAC".formatted(name));
  }
}
