package nova.ingest.publish;

/// What broadcasters are told of their streams.
public final class StreamSentences {
  /// It failed in the server.
  public static final String FAILED =
      "The server could not process this stream any more and ended it; start it again.";

  /// Another server has it.
  public static final String TAKEN_ELSEWHERE =
      "Another encoder started to publish with this key at another server and took over.";

  /// Who waited for it need not wait any more.
  static final String CAME_AFTER = "Another encoder with this key came after this one.";

  /// The other servers cannot be asked.
  static final String UNCLAIMED =
      "The server cannot check whether this key publishes elsewhere now, try again in a moment.";

  static final String SHUTTING_DOWN = "The server is shutting down, try again in a moment.";

  static final String SERVER_GONE = "The server that had the stream is gone.";

  private StreamSentences() {}

  static String takenOver(String remoteAddress) {
    return "Another encoder at %s started to publish with this key and took over."
        .formatted(remoteAddress);
  }

  static String tooManyTakeovers(int perMinute) {
    return "This key is already publishing and was taken over %d times within a minute; stop the other encoder, or wait a minute."
        .formatted(perMinute);
  }

  static String withoutMedia(String reason) {
    return reason + " It had not sent any media.";
  }
}
