package nova.ingest.command;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nova.ingest.message.CommandMessage;
import nova.media.amf0.Amf0Null;
import nova.media.amf0.Amf0Number;
import nova.media.amf0.Amf0Object;
import nova.media.amf0.Amf0StrictArray;
import nova.media.amf0.Amf0String;
import nova.media.amf0.Amf0Undefined;
import nova.media.amf0.Amf0Value;

/// The server's answers to commands. The description of a status is what OBS shows to its user.
///
/// Spec: RTMP 1.0 §7.2.1.1, §7.2.2; E-RTMP v2 "Enhancing NetConnection connect Command"
public final class CommandReplies {
  private static final Amf0Value NULL = new Amf0Null();
  private static final double CAN_FORWARD = 4; // E-RTMP FourCcInfoMask.CanForward

  private CommandReplies() {}

  /// `_result` of connect.
  ///
  /// @param enhanced whether to name the codecs we take, for a client of Enhanced RTMP
  public static CommandMessage connected(double transaction, boolean enhanced) {
    Map<String, Amf0Value> server = new LinkedHashMap<>();
    server.put("fmsVer", text("FMS/3,5,7,7009")); // clients look for a version they know
    server.put("capabilities", number(31));
    server.put("mode", number(1));
    Map<String, Amf0Value> status = statusEntries(StatusCode.CONNECT_SUCCESS, "Welcome to Nova.");
    status.put("objectEncoding", number(0));
    if (enhanced) {
      status.put("fourCcList", new Amf0StrictArray(List.of(text("avc1"), text("mp4a"))));
      status.put("videoFourCcInfoMap", new Amf0Object(Map.of("avc1", number(CAN_FORWARD))));
      status.put("audioFourCcInfoMap", new Amf0Object(Map.of("mp4a", number(CAN_FORWARD))));
      status.put("capsEx", number(NetConnectionCommand.CAN_RECONNECT));
      status.put("videoFunction", number(0));
    }
    return result(transaction, new Amf0Object(server), new Amf0Object(status));
  }

  /// `_result` of createStream.
  public static CommandMessage streamCreated(double transaction, int streamId) {
    return result(transaction, NULL, number(streamId));
  }

  /// `_result` of a command whose answer carries nothing.
  public static CommandMessage done(double transaction) {
    return result(transaction, NULL, new Amf0Undefined());
  }

  /// `onFCPublish`, for clients that wait for it.
  public static CommandMessage publishAnnounced() {
    return new CommandMessage(
        0, "onFCPublish", 0, List.of(NULL, status(StatusCode.PUBLISH_START, "Go on.")));
  }

  /// `_error`.
  public static CommandMessage failed(double transaction, StatusCode code, String description) {
    return new CommandMessage(0, "_error", transaction, List.of(NULL, status(code, description)));
  }

  /// `onStatus` on a message stream.
  public static CommandMessage onStatus(int streamId, StatusCode code, String description) {
    return new CommandMessage(streamId, "onStatus", 0, List.of(NULL, status(code, description)));
  }

  /// Asks the client to connect anew, to the same address, and to leave when it has.
  ///
  /// Spec: E-RTMP v2 "Reconnect Request"
  public static CommandMessage reconnect(String description) {
    return onStatus(0, StatusCode.RECONNECT_REQUEST, description);
  }

  private static CommandMessage result(double transaction, Amf0Value first, Amf0Value second) {
    return new CommandMessage(0, "_result", transaction, List.of(first, second));
  }

  private static Amf0Object status(StatusCode code, String description) {
    return new Amf0Object(statusEntries(code, description));
  }

  private static Map<String, Amf0Value> statusEntries(StatusCode code, String description) {
    Map<String, Amf0Value> entries = new LinkedHashMap<>();
    entries.put("level", text(code.level()));
    entries.put("code", text(code.code()));
    entries.put("description", text(description));
    return entries;
  }

  private static Amf0Value text(String value) {
    return new Amf0String(value);
  }

  private static Amf0Value number(double value) {
    return new Amf0Number(value);
  }
}
