package nova.control.error;

/// What was asked contradicts how things are.
public final class ConflictingException extends ControlException {
  private static final long serialVersionUID = 1;

  /// @param reason stable kebab-case name, such as `slug-taken`
  public ConflictingException(String reason, String sentence) {
    super(reason, sentence);
  }
}
