package nova.control.database;

/// The server cannot start for want of a database, or cannot go on as its user lacks a right. The
/// message is for whoever runs it.
public final class DatabaseStartException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public DatabaseStartException(String message) {
    super(message);
  }

  public DatabaseStartException(String message, Throwable cause) {
    super(message, cause);
  }
}
