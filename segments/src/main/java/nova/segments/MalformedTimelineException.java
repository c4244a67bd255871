package nova.segments;

/// Bytes that are not what [TimelineWireFormat] or a [SegmentFolder] writes. They are dropped and
/// counted, and read again or written anew.
public final class MalformedTimelineException extends RuntimeException {
  private final String reason;

  /// @param reason stable kebab-case name for metrics
  /// @param message value, expectation and position, as a sentence for whoever can act
  public MalformedTimelineException(String reason, String message) {
    super(message);
    this.reason = reason;
  }

  /// A stable kebab-case name for metrics, such as `truncated-timeline`.
  public String reason() {
    return reason;
  }
}
