package nova.media.flv;

import nova.core.Bytes;
import nova.media.bytes.ByteWriter;
import nova.media.flv.FlvTag.FlvAudioTag;
import nova.media.flv.FlvTag.FlvVideoTag;

/// Tags of H.264 and AAC as FLV has always had them and every server understands them.
///
///     video: frame type 4 | codec 4 = 7 | packet type 8 | composition time SI24 | data
///     audio: format 4 = 10 | rate 2 = 3 | size 1 = 1 | type 1 = 1 | packet type 8 | data
///
/// Spec: FLV E.4.2.1 (AudioTagHeader), E.4.3.1 (VideoTagHeader). *Immutable.*
public final class LegacyTags {
  private static final int AVC_KEY_FRAME = 0x17;
  private static final int AVC_INTER_FRAME = 0x27;
  private static final int AAC = 0xaf; // "44 kHz, stereo" whatever the configuration says
  private static final int CONFIGURATION = 0;
  private static final int FRAME = 1;
  private static final int MAX_COMPOSITION_MS = 0x7f_ffff;

  private LegacyTags() {}

  /// What H.264 begins with, and begins anew with when it changes.
  ///
  /// @param configuration an AVCDecoderConfigurationRecord
  public static FlvVideoTag avcConfiguration(long timestampMs, Bytes configuration) {
    return video(timestampMs, AVC_KEY_FRAME, CONFIGURATION, 0, configuration);
  }

  /// An access unit.
  ///
  /// @param compositionMs how much later than decoded the frame is shown
  /// @param payload NAL units behind their lengths
  /// @throws IllegalArgumentException when the composition time has more than 24 bits
  public static FlvVideoTag avcFrame(
      long timestampMs, int compositionMs, boolean keyframe, Bytes payload) {
    if (Math.abs(compositionMs) > MAX_COMPOSITION_MS) {
      throw new IllegalArgumentException(
          "composition time %d ms (expected: -%d..%d)"
              .formatted(compositionMs, MAX_COMPOSITION_MS, MAX_COMPOSITION_MS));
    }
    return video(
        timestampMs, keyframe ? AVC_KEY_FRAME : AVC_INTER_FRAME, FRAME, compositionMs, payload);
  }

  /// What AAC begins with, and begins anew with when it changes.
  ///
  /// @param configuration an AudioSpecificConfig
  public static FlvAudioTag aacConfiguration(long timestampMs, Bytes configuration) {
    return audio(timestampMs, CONFIGURATION, configuration);
  }

  /// An audio frame.
  ///
  /// @param payload one raw_data_block without ADTS header
  public static FlvAudioTag aacFrame(long timestampMs, Bytes payload) {
    return audio(timestampMs, FRAME, payload);
  }

  private static FlvVideoTag video(
      long timestampMs, int frameAndCodec, int packetType, int compositionMs, Bytes data) {
    Bytes payload =
        new ByteWriter(5 + data.length())
            .u8(frameAndCodec) // FrameType, CodecID
            .u8(packetType) // AVCPacketType
            .u24(compositionMs) // CompositionTime
            .bytes(data)
            .toBytes();
    return new FlvVideoTag(timestampMs, payload);
  }

  private static FlvAudioTag audio(long timestampMs, int packetType, Bytes data) {
    Bytes payload =
        new ByteWriter(2 + data.length())
            .u8(AAC) // SoundFormat, SoundRate, SoundSize, SoundType
            .u8(packetType) // AACPacketType
            .bytes(data)
            .toBytes();
    return new FlvAudioTag(timestampMs, payload);
  }
}
