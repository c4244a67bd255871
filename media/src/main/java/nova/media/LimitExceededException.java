package nova.media;

/// A peer asked for more than a named limit allows. The connection closes with the reason.
public final class LimitExceededException extends MediaException {
  /// @param limit stable kebab-case name of the limit, such as `rtmp-message-size`
  /// @param value what the peer asked for
  /// @param maximum what the limit allows
  public LimitExceededException(String limit, long value, long maximum) {
    super(limit, "%s %d (expected: <= %d)".formatted(limit.replace('-', ' '), value, maximum));
  }
}
