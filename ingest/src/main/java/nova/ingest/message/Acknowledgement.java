package nova.ingest.message;

/// Type 3: how many bytes the sender has received after the handshake.
///
/// Spec: RTMP 1.0 §5.4.3. *Immutable.*
///
/// @param receivedBytes modulo 2^32
public record Acknowledgement(long receivedBytes) implements RtmpMessage {
  static final int TYPE = 3;
}
