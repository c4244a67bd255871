package nova.ingest.command;

/// Codes of `_result`, `_error` and `onStatus` that encoders know.
public enum StatusCode {
  CONNECT_SUCCESS("NetConnection.Connect.Success", "status"),
  CONNECT_REJECTED("NetConnection.Connect.Rejected", "error"),
  CONNECT_CLOSED("NetConnection.Connect.Closed", "status"),
  RECONNECT_REQUEST("NetConnection.Connect.ReconnectRequest", "status"),
  CALL_FAILED("NetConnection.Call.Failed", "error"),
  PUBLISH_START("NetStream.Publish.Start", "status"),
  PUBLISH_BAD_NAME("NetStream.Publish.BadName", "error"),
  PUBLISH_REJECTED("NetStream.Publish.Rejected", "error"),
  PUBLISH_DENIED("NetStream.Publish.Denied", "error"),
  PUBLISH_FAILED("NetStream.Publish.Failed", "error"),
  UNPUBLISH_SUCCESS("NetStream.Unpublish.Success", "status"),
  PLAY_FAILED("NetStream.Play.Failed", "error");

  private final String code;
  private final String level;

  StatusCode(String code, String level) {
    this.code = code;
    this.level = level;
  }

  /// The code on the wire.
  public String code() {
    return code;
  }

  /// `status` or `error`.
  public String level() {
    return level;
  }
}
