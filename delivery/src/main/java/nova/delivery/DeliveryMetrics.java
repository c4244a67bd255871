package nova.delivery;

/// What delivery counts. Called on event loops, so implementations return at once.
///
/// *Thread-safe.*
public interface DeliveryMetrics {
  /// Counts nothing.
  DeliveryMetrics NONE = new DeliveryMetrics() {};

  /// An answer was handed to the network.
  ///
  /// @param bodyBytes length of its body, 0 for HEAD
  default void answered(RequestKind kind, int status, long bodyBytes) {}

  /// A request began to wait for media that is not there yet.
  default void holdStarted(RequestKind kind) {}

  /// A held request was answered or its client went away, `heldNs` after [#holdStarted].
  default void holdEnded(RequestKind kind, long heldNs) {}

  /// A request was refused or cut off.
  default void refused(Refusal refusal) {}

  /// A playlist body was rendered; requests that share it are not counted.
  default void playlistRendered(RequestKind kind, int plainBytes, int gzipBytes) {}

  /// Somebody watches who is not counted, as there are too many.
  default void viewerNotCounted() {}

  /// What a viewer did is told to nobody, as too many do something.
  default void viewerEventDropped() {}

  /// What a player said of its session (CMCD) could not be understood; it was ignored.
  default void malformedCmcd() {}

  /// A request ended in a fault of ours (status 500).
  default void failed(RequestKind kind) {}
}
