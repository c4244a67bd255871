package nova.control.error;

/// What was asked cannot be done, and whoever asked can do something about it. Nothing was changed.
///
/// The message is one sentence for people; it holds no secret.
public abstract sealed class ControlException extends RuntimeException
    permits ConflictingException, InvalidFieldException, StaleException, UnknownException {
  private static final long serialVersionUID = 1;

  private final String reason;

  ControlException(String reason, String sentence) {
    super(sentence);
    this.reason = reason;
  }

  /// Stable kebab-case name for programs.
  public String reason() {
    return reason;
  }
}
