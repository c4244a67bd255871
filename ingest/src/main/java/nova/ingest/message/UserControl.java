package nova.ingest.message;

/// Type 4: an event of a stream or of the connection.
///
/// Spec: RTMP 1.0 §6.2, §7.1.7. *Immutable.*
public sealed interface UserControl extends RtmpMessage {
  int TYPE = 4;

  /// The event type on the wire.
  int event();

  /// Event 0: a stream became usable.
  record StreamBegin(int streamId) implements UserControl {
    static final int EVENT = 0;

    @Override
    public int event() {
      return EVENT;
    }
  }

  /// Event 1: a stream has no more data.
  record StreamEof(int streamId) implements UserControl {
    static final int EVENT = 1;

    @Override
    public int event() {
      return EVENT;
    }
  }

  /// Event 6: the receiver shall send the timestamp back.
  record PingRequest(long timestamp) implements UserControl {
    static final int EVENT = 6;

    @Override
    public int event() {
      return EVENT;
    }
  }

  /// Event 7: the answer to a [PingRequest].
  record PingResponse(long timestamp) implements UserControl {
    static final int EVENT = 7;

    @Override
    public int event() {
      return EVENT;
    }
  }

  /// Any other event; players send 3 (SetBufferLength), some clients 31 and 32, which no text
  /// explains.
  record OtherEvent(int event) implements UserControl {}
}
