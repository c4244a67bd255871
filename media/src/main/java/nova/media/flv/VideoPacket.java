package nova.media.flv;

import nova.core.Bytes;
import nova.media.bytes.FourCc;

/// What a video message says about one track, the same for legacy and enhanced headers. Payloads
/// share the message's memory.
///
/// *Immutable.*
public sealed interface VideoPacket {
  /// 0 unless the message is multitrack.
  int trackId();

  FourCc codec();

  /// A decoder configuration; [FlvCodecs#videoFormat] makes a track format of it or says that Nova
  /// does not carry the codec.
  record SequenceStart(int trackId, FourCc codec, Bytes configuration) implements VideoPacket {}

  /// One access unit.
  ///
  /// @param frameType what the encoder says of the frame
  /// @param compositionTimeMs `pts` - `dts`, may be negative
  /// @param nanosecondOffset to add to `pts`, 0..999,999
  /// @param payload never empty
  record CodedFrame(
      int trackId,
      FourCc codec,
      VideoFrameType frameType,
      int compositionTimeMs,
      int nanosecondOffset,
      Bytes payload)
      implements VideoPacket {}

  /// The track ends here.
  record SequenceEnd(int trackId, FourCc codec) implements VideoPacket {}

  /// AMF0 values about the pictures: a name, of which only `colorInfo` is defined, and a value.
  record Metadata(int trackId, FourCc codec, Bytes amf) implements VideoPacket {}
}
