package nova.segments;

/// Port: what is counted of media on disk. Methods are called on any thread and must return at
/// once.
///
/// *Thread-safe.*
public interface DiskMetrics {
  /// Counts nothing.
  DiskMetrics NONE = new DiskMetrics() {};

  /// Media was written.
  default void written(long bytes) {}

  /// So much is in the folder, of all who write into it.
  default void size(long bytes) {}

  /// Something could not be written; it is tried again with the next segment.
  default void failed(Throwable why) {}

  /// A read was refused because too many wait.
  default void refused() {}

  /// A read was given up because it took too long.
  default void timedOut() {}

  /// A file could not be read and was left out.
  ///
  /// @param reason stable kebab-case name, such as `bad-segment-file`
  default void malformed(String reason) {}
}
