package nova.control.error;

/// A value that was given is not one that may be.
public final class InvalidFieldException extends ControlException {
  private static final long serialVersionUID = 1;

  private final String field;

  /// @param field as the API spells it, such as `allowedNetworks`
  /// @param sentence with the value and what is expected
  public InvalidFieldException(String field, String sentence) {
    super("invalid-field", sentence);
    this.field = field;
  }

  /// The field, as the API spells it.
  public String field() {
    return field;
  }
}
