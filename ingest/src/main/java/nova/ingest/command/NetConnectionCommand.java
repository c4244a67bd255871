package nova.ingest.command;

/// Commands that concern the connection as a whole.
///
/// Spec: RTMP 1.0 §7.2.1; the FC commands and `releaseStream` are customs of Flash Media Server.
/// *Immutable.*
public sealed interface NetConnectionCommand extends RtmpCommand {
  /// Bit of `capsEx` of those who know [StatusCode#RECONNECT_REQUEST]. Spec: E-RTMP v2 "CapsExMask"
  long CAN_RECONNECT = 1;

  /// The first command.
  ///
  /// @param app path of the URL between host and publish name
  /// @param tcUrl the URL without the publish name; may be empty, and may hold credentials
  /// @param flashVersion what the encoder calls itself
  /// @param enhanced whether the client speaks Enhanced RTMP and wants to know what we take
  /// @param reconnects whether it connects anew when it is asked to
  record Connect(
      double transaction,
      String app,
      String tcUrl,
      String flashVersion,
      boolean enhanced,
      boolean reconnects)
      implements NetConnectionCommand {
    /// Without the URL, in which users put their keys.
    @Override
    public String toString() {
      return "Connect[transaction=%s, flashVersion=%s, enhanced=%s]"
          .formatted(transaction, flashVersion, enhanced);
    }
  }

  /// Asks for a message stream.
  record CreateStream(double transaction) implements NetConnectionCommand {}

  /// Asks to free a publish name; clients do not wait for the answer.
  record ReleaseStream(double transaction) implements NetConnectionCommand {}

  /// Announces a publish; some clients wait for `onFCPublish`.
  ///
  /// @param name the publish name, which is the stream key
  record FcPublish(double transaction, String name) implements NetConnectionCommand {
    @Override
    public String toString() {
      return "FcPublish[transaction=" + transaction + "]";
    }
  }

  /// Says goodbye.
  record FcUnpublish(double transaction) implements NetConnectionCommand {}

  /// Gives up a message stream.
  ///
  /// @param streamId which one; sent on stream 0
  record DeleteStream(double transaction, int streamId) implements NetConnectionCommand {}
}
