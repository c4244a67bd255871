package nova.ingest.message;

import java.util.List;
import nova.media.amf0.Amf0Value;

/// Type 20 in AMF0, type 17 in AMF3: a command or the answer to one.
///
/// Arguments may hold a stream key, so they are left out of [#toString].
///
/// Spec: RTMP 1.0 §7.1.1, §7.2. *Immutable.*
///
/// @param transaction what the answer will carry; 0 wants no answer
/// @param arguments what follows the transaction: the command object, then the rest
public record CommandMessage(
    int streamId, String name, double transaction, List<Amf0Value> arguments)
    implements RtmpMessage {
  static final int TYPE_AMF0 = 20;
  static final int TYPE_AMF3 = 17;

  public CommandMessage {
    arguments = List.copyOf(arguments);
  }

  @Override
  public String toString() {
    return "CommandMessage[streamId=%d, name=%s, transaction=%s, %d arguments]"
        .formatted(streamId, name, transaction, arguments.size());
  }
}
