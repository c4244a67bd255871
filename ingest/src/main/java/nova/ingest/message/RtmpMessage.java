package nova.ingest.message;

/// A message that one end of a connection sends the other.
///
/// Spec: RTMP 1.0 §5.4, §7.1. *Immutable.*
public sealed interface RtmpMessage
    permits SetChunkSize,
        AbortMessage,
        Acknowledgement,
        UserControl,
        WindowAcknowledgementSize,
        SetPeerBandwidth,
        AudioMessage,
        VideoMessage,
        DataMessage,
        CommandMessage,
        AggregateMessage,
        IgnoredMessage {}
