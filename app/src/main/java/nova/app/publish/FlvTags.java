package nova.app.publish;

import nova.core.Bytes;
import nova.media.flv.FlvTag;
import nova.media.flv.FlvTag.FlvAudioTag;
import nova.media.flv.FlvTag.FlvScriptTag;
import nova.media.flv.FlvTag.FlvVideoTag;

/// What a publisher must know about a tag without understanding its codec.
///
/// Spec: FLV E.4.2.1 (AudioTagHeader), E.4.3.1 (VideoTagHeader); E-RTMP v2 "ExVideoTagHeader",
/// "ExAudioTagHeader"
final class FlvTags {
  private static final int AVC = 7;
  private static final int AAC = 10;
  private static final int EX_AUDIO = 9;
  private static final int SEQUENCE_START = 0;
  private static final int AVC_END_OF_SEQUENCE = 2;
  private static final int EX_SEQUENCE_END = 2;

  private FlvTags() {}

  /// Whether a tag configures a decoder or describes the file, rather than carrying a frame.
  static boolean isHeader(FlvTag tag) {
    return switch (tag) {
      case FlvScriptTag _ -> true;
      case FlvAudioTag audio -> packetType(audio) == SEQUENCE_START;
      case FlvVideoTag video -> packetType(video) == SEQUENCE_START;
    };
  }

  /// Whether a tag says that no more frames follow, which is not so when the file starts over.
  static boolean isEnd(FlvTag tag) {
    return switch (tag) {
      case FlvVideoTag video ->
          packetType(video) == (isEnhanced(video) ? EX_SEQUENCE_END : AVC_END_OF_SEQUENCE);
      case FlvAudioTag _, FlvScriptTag _ -> false;
    };
  }

  static FlvTag at(FlvTag tag, long timestampMs) {
    return switch (tag) {
      case FlvAudioTag(long _, Bytes payload) -> new FlvAudioTag(timestampMs, payload);
      case FlvVideoTag(long _, Bytes payload) -> new FlvVideoTag(timestampMs, payload);
      case FlvScriptTag(long _, Bytes payload) -> new FlvScriptTag(timestampMs, payload);
    };
  }

  private static boolean isEnhanced(FlvVideoTag tag) {
    return !tag.payload().isEmpty() && (tag.payload().getUnsigned(0) & 0x80) != 0;
  }

  /// The packet type of codecs that have one, -1 for others.
  private static int packetType(FlvVideoTag tag) {
    Bytes payload = tag.payload();
    if (payload.length() < 2) {
      return -1;
    }
    int first = payload.getUnsigned(0);
    if (isEnhanced(tag)) {
      return first & 0x0f;
    }
    return (first & 0x0f) == AVC ? payload.getUnsigned(1) : -1;
  }

  private static int packetType(FlvAudioTag tag) {
    Bytes payload = tag.payload();
    if (payload.length() < 2) {
      return -1;
    }
    int first = payload.getUnsigned(0);
    return switch (first >> 4) {
      case AAC -> payload.getUnsigned(1);
      case EX_AUDIO -> first & 0x0f;
      default -> -1;
    };
  }
}
