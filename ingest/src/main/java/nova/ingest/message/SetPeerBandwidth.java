package nova.ingest.message;

/// Type 6: how many bytes the receiver may have under way without an [Acknowledgement].
///
/// Spec: RTMP 1.0 §5.4.5. *Immutable.*
///
/// @param limitType 0 hard, 1 soft, 2 dynamic
public record SetPeerBandwidth(long windowBytes, int limitType) implements RtmpMessage {
  static final int TYPE = 6;
}
