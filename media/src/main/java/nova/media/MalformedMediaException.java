package nova.media;

/// Bytes from a peer that break the format they claim to be in. A bad frame is dropped and counted;
/// a broken protocol closes the connection with the reason.
public final class MalformedMediaException extends MediaException {
  /// @param reason stable kebab-case name for metrics and the API
  /// @param message value, expectation and position, as a sentence for whoever can act
  public MalformedMediaException(String reason, String message) {
    super(reason, message);
  }
}
