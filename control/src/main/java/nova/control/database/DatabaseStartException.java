package nova.control.database;

/// The server cannot start for want of a database. The message is for whoever starts it.
public final class DatabaseStartException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final boolean mayPass;

  public DatabaseStartException(String message) {
    super(message);
    this.mayPass = false;
  }

  /// Whether it may pass is told by the cause.
  public DatabaseStartException(String message, Throwable cause) {
    super(message, cause);
    this.mayPass = SqlErrors.mayPass(cause);
  }

  /// Whether there may be a database by and by, as one that is away comes back. If not, a setting
  /// is wrong, or the database is another than this server's.
  public boolean mayPass() {
    return mayPass;
  }
}
