package nova.control.error;

/// The thing has changed since whoever asks has seen it.
public final class StaleException extends ControlException {
  private static final long serialVersionUID = 1;

  /// @param expected version that whoever asks has seen
  /// @param actual version of now
  public StaleException(long expected, long actual) {
    super(
        "changed-meanwhile",
        "It is at version %d now (expected: %d); read it again and repeat the change."
            .formatted(actual, expected));
  }
}
