package nova.backends.assignment;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import nova.backends.redis.NodeLoad;
import nova.backends.redis.TakingPolicy;
import nova.core.NanoClock;
import nova.core.StreamId;

/// When it is this node's turn to try to take a free stream, as [TakingPolicy] deals them out.
///
/// *Confined to the thread that looks for streams.*
final class Turns {
  private static final Duration LONG = Duration.ofDays(1);

  private final NanoClock clock;
  private final Map<StreamId, Long> freeSinceNs = new HashMap<>();
  private Duration untilNext = LONG;

  Turns(NanoClock clock) {
    this.clock = clock;
  }

  /// The streams whose turn it is.
  ///
  /// @param me this node's load
  /// @param nodes all nodes' loads
  /// @param free streams that no node carries, in an order that is the same for all nodes
  List<StreamId> due(NodeLoad me, List<NodeLoad> nodes, List<StreamId> free) {
    long now = clock.nanoTime();
    freeSinceNs.keySet().retainAll(free);
    List<StreamId> due = new ArrayList<>();
    untilNext = LONG;
    for (Map.Entry<StreamId, Duration> turn : TakingPolicy.delays(me, nodes, free).entrySet()) {
      long since = freeSinceNs.computeIfAbsent(turn.getKey(), _ -> now);
      Duration left = turn.getValue().minusNanos(now - since);
      if (!left.isPositive()) {
        due.add(turn.getKey());
      } else if (left.compareTo(untilNext) < 0) {
        untilNext = left;
      }
    }
    return due;
  }

  /// How long it is until the next turn of those that are free, long when there is none.
  Duration untilNext() {
    return untilNext;
  }

  /// It is not known who carries what; the streams are free from when they are seen to be again.
  void forget() {
    freeSinceNs.clear();
    untilNext = LONG;
  }
}
