package nova.media.flv;

import nova.media.bytes.ByteReader;
import nova.media.bytes.FourCc;

/// The legacy header of an audio message. Rate, size and type mean nothing for AAC and are not kept.
///
///     sound format 4 | rate 2 | size 1 | type 1 | AAC packet type 8
///
/// Spec: FLV E.4.2.1. *Immutable.*
///
/// @param codec the code of Enhanced RTMP for the legacy sound format
public record AudioTagHeader(FourCc codec, int packetType) {
  public static final int SEQUENCE_START = 0;
  public static final int CODED_FRAMES = 1;

  static AudioTagHeader read(ByteReader in) {
    return new AudioTagHeader(FlvCodecs.ofLegacyAudio(in.u8() >> 4), in.u8());
  }
}
