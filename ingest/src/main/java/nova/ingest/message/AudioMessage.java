package nova.ingest.message;

import nova.core.Bytes;

/// Type 8: the body of an FLV audio tag.
///
/// Spec: RTMP 1.0 §7.1.4. *Immutable.*
///
/// @param timestamp milliseconds, unsigned 32 bits
public record AudioMessage(int streamId, long timestamp, Bytes payload) implements RtmpMessage {
  static final int TYPE = 8;
}
