package nova.ingest.command;

import java.util.List;
import java.util.Optional;
import nova.ingest.message.CommandMessage;
import nova.media.amf0.Amf0Number;
import nova.media.amf0.Amf0Properties;
import nova.media.amf0.Amf0String;
import nova.media.amf0.Amf0Value;

/// What a client asks for. Missing and oddly typed arguments are read as absent: encoders differ,
/// and only what is really needed is asked for later.
///
/// Spec: RTMP 1.0 §7.2. *Immutable.*
public sealed interface RtmpCommand permits NetConnectionCommand, NetStreamCommand, OtherCommand {
  /// What the answer carries; 0 wants no answer.
  double transaction();

  /// Reads a command message.
  static RtmpCommand read(CommandMessage message) {
    double t = message.transaction();
    int stream = message.streamId();
    List<Amf0Value> arguments = message.arguments();
    return switch (message.name()) {
      case "connect" -> connect(t, arguments);
      case "createStream" -> new NetConnectionCommand.CreateStream(t);
      case "releaseStream" -> new NetConnectionCommand.ReleaseStream(t);
      case "FCPublish" -> new NetConnectionCommand.FcPublish(t, string(arguments, 1).orElse(""));
      case "FCUnpublish" -> new NetConnectionCommand.FcUnpublish(t);
      case "deleteStream" -> new NetConnectionCommand.DeleteStream(t, streamArgument(arguments));
      case "publish" ->
          new NetStreamCommand.Publish(
              t, stream, string(arguments, 1).orElse(""), string(arguments, 2).orElse("live"));
      case "play", "play2" -> new NetStreamCommand.Play(t, stream);
      case "closeStream" -> new NetStreamCommand.CloseStream(t, stream);
      default -> new OtherCommand(t, message.name());
    };
  }

  private static RtmpCommand connect(double transaction, List<Amf0Value> arguments) {
    if (arguments.isEmpty() || !(arguments.getFirst() instanceof Amf0Properties object)) {
      return new NetConnectionCommand.Connect(transaction, "", "", "", false, false);
    }
    boolean enhanced =
        object.get("fourCcList").isPresent()
            || object.get("videoFourCcInfoMap").isPresent()
            || object.get("audioFourCcInfoMap").isPresent()
            || object.get("capsEx").isPresent();
    boolean reconnects =
        object.get("capsEx").orElse(null) instanceof Amf0Number(double capabilities)
            && ((long) capabilities & NetConnectionCommand.CAN_RECONNECT) != 0;
    return new NetConnectionCommand.Connect(
        transaction,
        object.string("app").orElse(""),
        object.string("tcUrl").or(() -> object.string("tcurl")).orElse(""),
        object.string("flashVer").orElse(""),
        enhanced,
        reconnects);
  }

  private static Optional<String> string(List<Amf0Value> arguments, int index) {
    return arguments.size() > index && arguments.get(index) instanceof Amf0String(String text)
        ? Optional.of(text)
        : Optional.empty();
  }

  private static int streamArgument(List<Amf0Value> arguments) {
    return arguments.size() > 1 && arguments.get(1) instanceof Amf0Number(double id) ? (int) id : 0;
  }
}
