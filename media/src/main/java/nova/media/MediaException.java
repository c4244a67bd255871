package nova.media;

/// Input from a peer that cannot be used; each family tells what to do about it.
public abstract sealed class MediaException extends RuntimeException
    permits MalformedMediaException, UnsupportedMediaException, LimitExceededException {
  private final String reason;

  MediaException(String reason, String message) {
    super(message);
    this.reason = reason;
  }

  /// Stable kebab-case name for metrics and the API, such as `truncated-nal-unit`.
  public final String reason() {
    return reason;
  }
}
