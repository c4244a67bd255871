package nova.backends.redis;

/// How much one transcode node has to do.
///
/// *Immutable.*
///
/// @param streams that it carries
/// @param capacity streams that it can carry well; at least 1
public record NodeLoad(NodeId node, int streams, int capacity) {
  public NodeLoad {
    if (streams < 0 || capacity < 1) {
      throw new IllegalArgumentException(
          "load of %d streams of %d (expected: >= 0 of >= 1)".formatted(streams, capacity));
    }
  }

  /// The part of its capacity that is in use; above 1 when it has too much to do.
  public double share() {
    return (double) streams / capacity;
  }

  /// With one stream more.
  NodeLoad withOneMore() {
    return new NodeLoad(node, streams + 1, capacity);
  }
}
