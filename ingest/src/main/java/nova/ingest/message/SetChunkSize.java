package nova.ingest.message;

/// Type 1: the sender's chunks are this long from now on.
///
/// Spec: RTMP 1.0 §5.4.1. *Immutable.*
///
/// @param size 1..2147483647; above 16777215 is equivalent
public record SetChunkSize(int size) implements RtmpMessage {
  static final int TYPE = 1;
}
