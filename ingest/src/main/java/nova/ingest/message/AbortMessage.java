package nova.ingest.message;

/// Type 2: the sender will not finish the message it began on a chunk stream.
///
/// Spec: RTMP 1.0 §5.4.2. *Immutable.*
public record AbortMessage(int chunkStream) implements RtmpMessage {
  static final int TYPE = 2;
}
