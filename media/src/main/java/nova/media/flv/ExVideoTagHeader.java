package nova.media.flv;

import nova.media.bytes.ByteReader;
import org.jspecify.annotations.Nullable;

/// The enhanced header of a video message, up to the first track's body.
///
///     1 | frame type 3 | packet type 4 | extensions | [multitrack] | codec
///
/// Spec: E-RTMP v2 "ExVideoTagHeader". *Immutable.*
///
/// @param frameType null when the packet is metadata, where it means nothing: FFmpeg 8 sends `d4`
/// @param nanosecondOffset to add to the presentation time
/// @param tracks null for a command frame, which has no body
record ExVideoTagHeader(
    @Nullable VideoFrameType frameType, int nanosecondOffset, @Nullable ExTracks tracks) {
  static final int SEQUENCE_START = 0;
  static final int CODED_FRAMES = 1;
  static final int SEQUENCE_END = 2;
  static final int CODED_FRAMES_X = 3;
  static final int METADATA = 4;
  private static final int MULTITRACK = 6;

  /// Whether a message with this first byte has an enhanced header.
  static boolean isEnhanced(int firstByte) {
    return (firstByte & 0x80) != 0;
  }

  static ExVideoTagHeader read(ByteReader in) {
    int first = in.u8();
    ModEx modEx = ModEx.read(in, first & 0xf);
    int frameType = first >> 4 & 7;
    if (modEx.packetType() == METADATA) {
      return new ExVideoTagHeader(
          null, modEx.nanosecondOffset(), ExTracks.read(in, METADATA, MULTITRACK));
    }
    VideoFrameType type = VideoFrameType.of(frameType);
    ExTracks tracks =
        type == VideoFrameType.COMMAND ? null : ExTracks.read(in, modEx.packetType(), MULTITRACK);
    return new ExVideoTagHeader(type, modEx.nanosecondOffset(), tracks);
  }
}
