package nova.framelog;

/// A log does not take entries, because what keeps it does not answer or has no room. The writer
/// that met it is of no use any more: what it appended before stays or comes to be in the log, in
/// order, and the next writer goes on exactly behind it.
public final class LogUnavailableException extends RuntimeException {
  /// @param sentence for the broadcaster and the operator
  public LogUnavailableException(String sentence) {
    super(sentence);
  }

  public LogUnavailableException(String sentence, Throwable cause) {
    super(sentence, cause);
  }

  /// One sentence.
  public String sentence() {
    return String.valueOf(getMessage());
  }
}
