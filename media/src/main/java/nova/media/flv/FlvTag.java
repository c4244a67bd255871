package nova.media.flv;

import nova.core.Bytes;

/// One tag of an FLV file. The payload is that of the RTMP message of the same type.
///
/// Spec: FLV E.4.1 (FLVTAG). *Immutable.*
public sealed interface FlvTag {
  int TYPE_AUDIO = 8;
  int TYPE_VIDEO = 9;
  int TYPE_SCRIPT = 18;

  /// Milliseconds, 32 bits unsigned, from the start of the file.
  long timestampMs();

  Bytes payload();

  /// For [AudioPackets].
  record FlvAudioTag(long timestampMs, Bytes payload) implements FlvTag {}

  /// For [VideoPackets].
  record FlvVideoTag(long timestampMs, Bytes payload) implements FlvTag {}

  /// AMF0 values: a name such as `onMetaData`, and a value.
  record FlvScriptTag(long timestampMs, Bytes payload) implements FlvTag {}
}
