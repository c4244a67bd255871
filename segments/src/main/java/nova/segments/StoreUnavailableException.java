package nova.segments;

/// A store of another process, or on disk, cannot be asked now; what it holds is not known.
public final class StoreUnavailableException extends RuntimeException {
  public StoreUnavailableException(String message) {
    super(message);
  }

  public StoreUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
