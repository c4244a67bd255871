package nova.backends.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nova.core.StreamId;

/// Decides how long a transcode node waits before it tries to take streams that nobody carries.
///
/// All nodes imagine the same: the streams are dealt out one after another, each to the node with
/// the smallest share of its capacity in use, and by name where shares are equal. Whoever a stream
/// is dealt to takes it at once, the next one [#STEP] later, and so on, so that it is taken soon
/// also when the first does not. Who sees other loads only waits for another time; the lease
/// decides.
public final class TakingPolicy {
  /// From one node's try to the next one's.
  public static final Duration STEP = Duration.ofMillis(300);

  private static final Comparator<NodeLoad> LEAST_FIRST =
      Comparator.comparingDouble(NodeLoad::share).thenComparing(NodeLoad::node);

  private TakingPolicy() {}

  /// How long `me` is to wait for each stream, from when it saw that it was free.
  ///
  /// @param others those of [TranscodeNodes]; where `me` is among them its load is taken from `me`
  /// @param free streams that nobody carries, in an order that is the same for all nodes
  public static Map<StreamId, Duration> delays(
      NodeLoad me, List<NodeLoad> others, List<StreamId> free) {
    List<NodeLoad> nodes = new ArrayList<>(others);
    nodes.removeIf(other -> other.node().equals(me.node()));
    nodes.add(me);
    Map<StreamId, Duration> delays = new LinkedHashMap<>();
    for (StreamId stream : free) {
      nodes.sort(LEAST_FIRST);
      int rank = 0;
      while (!nodes.get(rank).node().equals(me.node())) {
        rank++;
      }
      delays.put(stream, STEP.multipliedBy(rank));
      nodes.set(0, nodes.getFirst().withOneMore());
    }
    return delays;
  }
}
