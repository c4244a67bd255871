package nova.media.aac;

import nova.core.Bytes;
import nova.media.MalformedMediaException;
import nova.media.UnsupportedMediaException;
import nova.media.bytes.BitReader;

/// What a decoder needs before the first AAC access unit.
///
/// Spec: ISO/IEC 14496-3 §1.6.2.1 (AudioSpecificConfig). *Immutable.*
///
/// @param objectType audioObjectType of the core coder: 2 for LC
/// @param sampleRate of the core coder, per second
/// @param channels of the core coder
/// @param frameLength samples that the core coder makes of one access unit: 1024 or 960
/// @param extension what the decoder adds, as far as the configuration says so
/// @param extensionSampleRate samples per second after spectral band replication, else `sampleRate`
public record AudioSpecificConfig(
    int objectType,
    int sampleRate,
    int channels,
    int frameLength,
    Extension extension,
    int extensionSampleRate) {

  /// Tools on top of the core coder.
  public enum Extension {
    NONE,
    /// Spectral band replication: HE-AAC.
    SBR,
    /// SBR and parametric stereo, which makes two channels of one: HE-AAC v2.
    SBR_AND_PS
  }

  private static final String STRUCTURE = "audio-specific-config";
  private static final int SBR_TYPE = 5;
  private static final int PS_TYPE = 29;
  private static final int BSAC_TYPE = 22;
  private static final int SYNC_EXTENSION = 0x2b7;
  private static final int SYNC_EXTENSION_PS = 0x548;
  private static final int ESCAPE_RATE = 15;

  private static final int[] RATES = {
    96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000,
    7_350
  };

  /// Channels by channelConfiguration; 0 where it is reserved.
  private static final int[] CHANNELS = {0, 1, 2, 3, 4, 5, 6, 8, 0, 0, 0, 7, 8, 24, 8, 0};

  /// Reads a configuration; bytes after it are ignored.
  ///
  /// @throws UnsupportedMediaException when the object type is none of the AAC family that is coded
  ///   this way
  public static AudioSpecificConfig read(Bytes bytes) {
    BitReader in = new BitReader(bytes, STRUCTURE);
    int type = objectType(in);
    int rate = sampleRate(in);
    int channelConfiguration = in.bits(4);
    Extension extension = Extension.NONE;
    int extensionRate = rate;
    if (type == SBR_TYPE || type == PS_TYPE) {
      // Hierarchical signalling: the extension comes first, the core coder after it.
      extension = type == PS_TYPE ? Extension.SBR_AND_PS : Extension.SBR;
      extensionRate = sampleRate(in);
      type = objectType(in);
      if (type == BSAC_TYPE) {
        in.skip(4); // extensionChannelConfiguration
      }
    }
    if (!isGeneralAudio(type)) {
      throw new UnsupportedMediaException(
          "audio-object-type",
          "MPEG-4 audio object type %d (expected: 2, AAC-LC); set the audio encoder to AAC-LC"
              .formatted(type));
    }
    // GASpecificConfig, §4.4.1
    int frameLength = in.flag() ? 960 : 1024;
    if (in.flag()) { // dependsOnCoreCoder
      in.skip(14); // coreCoderDelay
    }
    in.skip(1); // extensionFlag
    int channels =
        channelConfiguration == 0 ? ProgramConfig.channels(in) : CHANNELS[channelConfiguration];
    if (channels == 0) {
      throw malformed("channelConfiguration", channelConfiguration, "0..7, 11, 12 or 14");
    }
    if (extension == Extension.NONE && in.remaining() >= 16 && in.bits(11) == SYNC_EXTENSION) {
      // Backward compatible signalling: the extension comes last.
      if (objectType(in) == SBR_TYPE && in.remaining() > 0 && in.flag()) { // sbrPresentFlag
        extension = Extension.SBR;
        extensionRate = sampleRate(in);
        if (in.remaining() >= 12 && in.bits(11) == SYNC_EXTENSION_PS && in.flag()) {
          extension = Extension.SBR_AND_PS;
        }
      }
    }
    return new AudioSpecificConfig(type, rate, channels, frameLength, extension, extensionRate);
  }

  /// The object type that names the whole in a codec string: 2, 5 or 29 for LC and its extensions.
  public int effectiveObjectType() {
    return switch (extension) {
      case NONE -> objectType;
      case SBR -> SBR_TYPE;
      case SBR_AND_PS -> PS_TYPE;
    };
  }

  /// Channels that come out of the decoder.
  public int outputChannels() {
    return extension == Extension.SBR_AND_PS && channels == 1 ? 2 : channels;
  }

  /// Samples that come out of the decoder per access unit, at `extensionSampleRate`.
  public int samplesPerFrame() {
    return extensionSampleRate == 2L * sampleRate ? 2 * frameLength : frameLength;
  }

  private static boolean isGeneralAudio(int type) {
    return type >= 1 && type <= 4;
  }

  private static int objectType(BitReader in) {
    int type = in.bits(5);
    return type == 31 ? 32 + in.bits(6) : type;
  }

  private static int sampleRate(BitReader in) {
    int index = in.bits(4);
    if (index == ESCAPE_RATE) {
      int rate = in.bits(24);
      if (rate == 0) {
        throw malformed("samplingFrequency", rate, "> 0");
      }
      return rate;
    }
    if (index >= RATES.length) {
      throw malformed("samplingFrequencyIndex", index, "0..12 or 15");
    }
    return RATES[index];
  }

  private static MalformedMediaException malformed(String field, int value, String expected) {
    return new MalformedMediaException(
        "bad-" + STRUCTURE,
        "audio specific config has %s %d (expected: %s)".formatted(field, value, expected));
  }
}
