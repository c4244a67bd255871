package nova.media.aac;

import nova.core.Bytes;
import nova.media.TrackFormat.AudioCodec;
import nova.media.TrackFormat.AudioFormat;
import nova.media.UnsupportedMediaException;
import nova.media.codecs.CodecStrings;

/// Track formats of AAC tracks.
///
/// *Immutable.*
public final class AacFormats {
  private static final int LC = 2;
  private static final int MIN_RATE = 7_350;
  private static final int MAX_RATE = 96_000;
  private static final int MAX_CHANNELS = 8;

  private AacFormats() {}

  /// The format that an AudioSpecificConfig describes. Rate, channels and samples per frame are
  /// those of the decoder's output.
  ///
  /// @throws nova.media.MalformedMediaException when it is broken
  /// @throws UnsupportedMediaException when browsers do not play such sound
  public static AudioFormat of(Bytes audioSpecificConfig) {
    AudioSpecificConfig config = AudioSpecificConfig.read(audioSpecificConfig);
    if (config.objectType() != LC) {
      throw new UnsupportedMediaException(
          "audio-object-type",
          "MPEG-4 audio object type %d (expected: 2, AAC-LC); set the audio encoder to AAC-LC"
              .formatted(config.objectType()));
    }
    int rate = config.extensionSampleRate();
    if (rate < MIN_RATE || rate > MAX_RATE) {
      throw new UnsupportedMediaException(
          "audio-sample-rate",
          "AAC at %d samples per second (expected: %d..%d); set the encoder to 48000"
              .formatted(rate, MIN_RATE, MAX_RATE));
    }
    if (config.outputChannels() > MAX_CHANNELS) {
      throw new UnsupportedMediaException(
          "audio-channels",
          "AAC with %d channels (expected: <= %d); set the encoder to stereo"
              .formatted(config.outputChannels(), MAX_CHANNELS));
    }
    return new AudioFormat(
        AudioCodec.AAC,
        CodecStrings.aac(config.effectiveObjectType()),
        rate,
        config.outputChannels(),
        config.samplesPerFrame(),
        audioSpecificConfig);
  }
}
