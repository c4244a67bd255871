package nova.media.avc;

import java.util.List;
import nova.core.Bytes;
import nova.core.Timescale;
import nova.media.MalformedMediaException;
import nova.media.TrackFormat.VideoCodec;
import nova.media.TrackFormat.VideoFormat;
import nova.media.UnsupportedMediaException;
import nova.media.avc.AvcDecoderConfigurationRecord.HighProfileFields;
import nova.media.codecs.CodecStrings;

/// Track formats of H.264 tracks.
///
/// *Immutable.*
public final class AvcFormats {
  /// Above this a declared frame rate is a clock, not a rate.
  private static final double MAX_FRAME_RATE = 300;

  private static final int EXTENDED_PROFILE = 88;

  private AvcFormats() {}

  /// The format that a decoder configuration describes. Its first sequence parameter set has the
  /// last word: the configuration in the result repeats profile and level from there and is
  /// complete, however little the encoder sent.
  ///
  /// @param avcC body of an `avcC` box or of an FLV sequence header
  /// @throws MalformedMediaException when it is broken or lacks parameter sets
  /// @throws UnsupportedMediaException when browsers do not play such pictures
  public static VideoFormat of(Bytes avcC) {
    AvcDecoderConfigurationRecord record = AvcDecoderConfigurationRecord.read(avcC);
    if (record.sequenceParameterSets().isEmpty() || record.pictureParameterSets().isEmpty()) {
      throw new MalformedMediaException(
          "avc-configuration-without-parameter-sets",
          "AVC configuration with %d sequence and %d picture parameter sets (expected: >= 1 each)"
              .formatted(
                  record.sequenceParameterSets().size(), record.pictureParameterSets().size()));
    }
    SequenceParameterSet sps = SequenceParameterSet.read(record.sequenceParameterSets().getFirst());
    requirePlayable(sps);
    double frameRate = sps.vui().frameRate();
    return new VideoFormat(
        VideoCodec.AVC,
        Timescale.VIDEO,
        CodecStrings.avc(sps.profile(), sps.compatibility(), sps.level()),
        sps.width(),
        sps.height(),
        sps.vui().pixelAspectRatio(),
        frameRate <= MAX_FRAME_RATE ? frameRate : 0,
        completed(record, sps).write());
  }

  /// Bytes of the length in front of each NAL unit of a track, from its format.
  public static int nalLengthSize(VideoFormat format) {
    return (format.configuration().getUnsigned(4) & 3) + 1;
  }

  private static AvcDecoderConfigurationRecord completed(
      AvcDecoderConfigurationRecord record, SequenceParameterSet sps) {
    HighProfileFields sent = record.highProfileFields();
    HighProfileFields high =
        AvcDecoderConfigurationRecord.hasHighProfileFields(sps.profile())
            ? new HighProfileFields(
                sps.chromaFormat(),
                sps.bitDepthLuma(),
                sps.bitDepthChroma(),
                sent == null ? List.of() : sent.sequenceParameterSetExtensions())
            : null;
    return new AvcDecoderConfigurationRecord(
        sps.profile(),
        sps.compatibility(),
        sps.level(),
        record.nalLengthSize(),
        record.sequenceParameterSets(),
        record.pictureParameterSets(),
        high);
  }

  private static void requirePlayable(SequenceParameterSet sps) {
    if (sps.chromaFormat() != 1 || sps.bitDepthLuma() != 8 || sps.bitDepthChroma() != 8) {
      String chroma =
          switch (sps.chromaFormat()) {
            case 0 -> "monochrome";
            case 1 -> "4:2:0";
            case 2 -> "4:2:2";
            default -> "4:4:4";
          };
      throw new UnsupportedMediaException(
          "avc-pixel-format",
          "H.264 video is %s with %d bits (expected: 4:2:0 with 8 bits); set the encoder to profile"
                  .formatted(chroma, Math.max(sps.bitDepthLuma(), sps.bitDepthChroma()))
              + " high and color format NV12");
    }
    if (sps.profile() == EXTENDED_PROFILE) {
      throw new UnsupportedMediaException(
          "avc-profile",
          "H.264 video is of the Extended profile, which browsers do not play (expected: baseline,"
              + " main or high)");
    }
  }
}
