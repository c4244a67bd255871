package nova.bench.cluster;

/// Something that breaks in a cluster, and what must come of it.
///
/// *Immutable.*
///
/// @param name in few words, such as `kill -9 of the transcode that carries the stream`
/// @param expected what users must see
record Failure(String name, String expected, Story story) {
  /// Breaks it, and waits until what was broken is whole again.
  @FunctionalInterface
  interface Story {
    Outcome tell(Scene scene) throws Exception;
  }
}
