package nova.media.flv;

import nova.core.Bytes;
import nova.media.bytes.FourCc;

/// What an audio message says about one track, the same for legacy and enhanced headers. Payloads
/// share the message's memory.
///
/// *Immutable.*
public sealed interface AudioPacket {
  /// 0 unless the message is multitrack.
  int trackId();

  FourCc codec();

  /// A decoder configuration; [FlvCodecs#audioFormat] makes a track format of it or says that Nova
  /// does not carry the codec.
  record SequenceStart(int trackId, FourCc codec, Bytes configuration) implements AudioPacket {}

  /// One access unit.
  ///
  /// @param nanosecondOffset to add to the presentation time, 0..999,999
  /// @param payload never empty
  record CodedFrame(int trackId, FourCc codec, int nanosecondOffset, Bytes payload)
      implements AudioPacket {}

  /// The track falls silent here.
  record SequenceEnd(int trackId, FourCc codec) implements AudioPacket {}

  /// Which speakers the channels belong to, for codecs whose configuration does not say.
  ///
  /// @param layout order, channel count and mapping or mask, as sent
  record MultichannelConfig(int trackId, FourCc codec, Bytes layout) implements AudioPacket {}
}
