package nova.ingest.command;

/// Commands that concern one message stream.
///
/// Spec: RTMP 1.0 §7.2.2. *Immutable.*
public sealed interface NetStreamCommand extends RtmpCommand {
  /// The message stream the command was sent on.
  int streamId();

  /// Starts a broadcast.
  ///
  /// @param name the publish name, which is the stream key
  /// @param type `live`, `record` or `append`; all are live to us
  record Publish(double transaction, int streamId, String name, String type)
      implements NetStreamCommand {
    @Override
    public String toString() {
      return "Publish[transaction=%s, streamId=%d, type=%s]".formatted(transaction, streamId, type);
    }
  }

  /// Asks to watch.
  record Play(double transaction, int streamId) implements NetStreamCommand {}

  /// Ends what the message stream does.
  record CloseStream(double transaction, int streamId) implements NetStreamCommand {}
}
