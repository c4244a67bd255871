package nova.media.flv;

import nova.media.bytes.ByteReader;

/// The enhanced header of an audio message, up to the first track's body.
///
///     9 in 4 bits | packet type 4 | extensions | [multitrack] | codec
///
/// Spec: E-RTMP v2 "ExAudioTagHeader". *Immutable.*
///
/// @param nanosecondOffset to add to the presentation time
record ExAudioTagHeader(int nanosecondOffset, ExTracks tracks) {
  static final int SEQUENCE_START = 0;
  static final int CODED_FRAMES = 1;
  static final int SEQUENCE_END = 2;
  static final int MULTICHANNEL_CONFIG = 4;
  private static final int MULTITRACK = 5;
  private static final int SOUND_FORMAT = 9;

  /// Whether a message with this first byte has an enhanced header.
  static boolean isEnhanced(int firstByte) {
    return firstByte >> 4 == SOUND_FORMAT;
  }

  static ExAudioTagHeader read(ByteReader in) {
    ModEx modEx = ModEx.read(in, in.u8() & 0xf);
    return new ExAudioTagHeader(
        modEx.nanosecondOffset(), ExTracks.read(in, modEx.packetType(), MULTITRACK));
  }
}
