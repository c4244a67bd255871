package nova.media.flv;

import nova.media.bytes.ByteReader;
import nova.media.bytes.FourCc;

/// The legacy header of a video message.
///
///     frame type 4 | codec id 4 | packet type 8 | composition time SI24
///
/// Spec: FLV E.4.3.1. *Immutable.*
///
/// @param codec the code of Enhanced RTMP for the legacy codec id
/// @param packetType one of the constants; [#CODED_FRAMES] for a command frame, which has none
/// @param compositionTimeMs `pts` - `dts`, may be negative
public record VideoTagHeader(
    VideoFrameType frameType, FourCc codec, int packetType, int compositionTimeMs) {
  public static final int SEQUENCE_START = 0;
  public static final int CODED_FRAMES = 1;
  public static final int SEQUENCE_END = 2;

  static VideoTagHeader read(ByteReader in) {
    int first = in.u8();
    VideoFrameType frameType = VideoFrameType.of(first >> 4);
    FourCc codec = FlvCodecs.ofLegacyVideo(first & 0xf);
    if (frameType == VideoFrameType.COMMAND) {
      return new VideoTagHeader(frameType, codec, CODED_FRAMES, 0);
    }
    int packetType = in.u8();
    // Nothing follows an end of sequence, so a missing composition time does no harm.
    int compositionTimeMs = packetType == SEQUENCE_END ? 0 : in.s24();
    return new VideoTagHeader(frameType, codec, packetType, compositionTimeMs);
  }
}
