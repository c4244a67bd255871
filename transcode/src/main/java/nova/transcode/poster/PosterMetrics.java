package nova.transcode.poster;

/// What posters count. Called on threads of posters, so implementations return at once.
///
/// *Thread-safe.*
public interface PosterMetrics {
  /// Counts nothing.
  PosterMetrics NONE = new PosterMetrics() {};

  /// A poster was made.
  ///
  /// @param sizeBytes of the JPEG file
  /// @param tookNs from giving the worker its keyframe to having it
  default void taken(int sizeBytes, long tookNs) {}

  /// No poster came of a keyframe.
  ///
  /// @param reason stable kebab-case name
  default void failed(String reason) {}
}
