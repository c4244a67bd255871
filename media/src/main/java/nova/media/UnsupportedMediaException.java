package nova.media;

/// Legal input that Nova does not carry. The track is dropped and the broadcaster is told.
public final class UnsupportedMediaException extends MediaException {
  /// @param reason stable kebab-case name for metrics and the API
  /// @param message value, expectation and position, as a sentence for whoever can act
  public UnsupportedMediaException(String reason, String message) {
    super(reason, message);
  }
}
