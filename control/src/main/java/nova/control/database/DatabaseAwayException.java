package nova.control.database;

/// The database cannot be asked now: it is away, stopping, has no connection left, or its user may
/// not do what was asked. What was asked may be asked again.
public final class DatabaseAwayException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public DatabaseAwayException(String message) {
    super(message);
  }

  public DatabaseAwayException(String message, Throwable cause) {
    super(message, cause);
  }
}
