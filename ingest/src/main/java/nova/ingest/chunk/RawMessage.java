package nova.ingest.chunk;

import nova.core.Bytes;

/// A whole RTMP message as the chunk layer carries it, its payload not yet understood.
///
/// Spec: RTMP 1.0 §6.1. *Immutable.*
///
/// @param type message type id, 0..255
/// @param streamId message stream id: 0 for the connection itself
/// @param timestamp milliseconds as an unsigned 32-bit number, wraps
/// @param payload allocated once when the message was put together, never changed after
public record RawMessage(int type, int streamId, long timestamp, Bytes payload) {
  /// Set Chunk Size, the only type besides [#ABORT] that the chunk layer itself obeys.
  public static final int SET_CHUNK_SIZE = 1;

  /// Abort Message.
  public static final int ABORT = 2;

  public RawMessage {
    if (type < 0 || type > 255) {
      throw new IllegalArgumentException("message type %d (expected: 0..255)".formatted(type));
    }
    if (timestamp < 0 || timestamp > 0xffff_ffffL) {
      throw new IllegalArgumentException(
          "timestamp %d (expected: 0..4294967295)".formatted(timestamp));
    }
  }
}
