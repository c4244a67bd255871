package nova.control.database;

/// The database cannot be asked now: it is away, stopping, or has no connection left. What was
/// asked may be asked again.
public final class DatabaseAwayException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public DatabaseAwayException(String message) {
    super(message);
  }

  public DatabaseAwayException(String message, Throwable cause) {
    super(message, cause);
  }
}
