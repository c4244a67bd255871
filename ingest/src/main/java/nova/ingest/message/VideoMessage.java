package nova.ingest.message;

import nova.core.Bytes;

/// Type 9: the body of an FLV video tag.
///
/// Spec: RTMP 1.0 §7.1.5. *Immutable.*
///
/// @param timestamp milliseconds, unsigned 32 bits
public record VideoMessage(int streamId, long timestamp, Bytes payload) implements RtmpMessage {
  static final int TYPE = 9;
}
