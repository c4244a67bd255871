package nova.control.database;

/// What was to be written contradicts what is there.
public final class ConflictException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String constraint;

  /// @param constraint name of the constraint in the schema
  public ConflictException(String constraint, Throwable cause) {
    super("the constraint %s does not hold".formatted(constraint), cause);
    this.constraint = constraint;
  }

  /// Name of the constraint in the schema.
  public String constraint() {
    return constraint;
  }
}
