package nova.media.flv;

import nova.media.MalformedMediaException;

/// What an encoder says of a frame. It may lie: whether decoding can start at a frame is for its
/// NAL units to tell.
///
/// Spec: FLV E.4.3.1 (FrameType); E-RTMP v2 "VideoFrameType". *Immutable.*
public enum VideoFrameType {
  KEY,
  INTER,
  DISPOSABLE_INTER,
  GENERATED_KEY,
  COMMAND;

  private static final VideoFrameType[] TYPES = values();

  static VideoFrameType of(int code) {
    if (code < 1 || code > TYPES.length) {
      throw new MalformedMediaException(
          "bad-video-frame-type",
          "video frame type %d at offset 0x0 (expected: 1..%d)".formatted(code, TYPES.length));
    }
    return TYPES[code - 1];
  }
}
