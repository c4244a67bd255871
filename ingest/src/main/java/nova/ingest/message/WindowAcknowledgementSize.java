package nova.ingest.message;

/// Type 5: the receiver shall send an [Acknowledgement] each time it received this many bytes.
///
/// Spec: RTMP 1.0 §5.4.4. *Immutable.*
public record WindowAcknowledgementSize(long windowBytes) implements RtmpMessage {
  static final int TYPE = 5;
}
