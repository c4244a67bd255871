package nova.backends.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadFactory;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nova.core.Bytes;

/// The transcode nodes that are there and how much each has to do, as each says every second.
/// [TakingPolicy] decides by it who takes a stream.
///
/// *Thread-safe.*
public final class TranscodeNodes implements AutoCloseable {
  private static final Duration TTL = Duration.ofSeconds(3);
  private static final Pattern VALUE = Pattern.compile("([0-9]{1,6})/([0-9]{1,6})");

  private final Presence presence;
  private final RedisMetrics metrics;

  private TranscodeNodes(Presence presence, RedisMetrics metrics) {
    this.presence = presence;
    this.metrics = metrics;
  }

  /// Begins to tell the loads of those that will join.
  ///
  /// @param threads makes the thread that tells this node's load
  /// @throws RedisStartException when Redis cannot be used
  public static TranscodeNodes open(
      RedisConnections connections, RedisMetrics metrics, ThreadFactory threads) {
    return new TranscodeNodes(
        new Presence(connections, RedisArea.METRICS, "transcode-nodes", metrics, TTL, threads),
        metrics);
  }

  /// Tells the load of this node, now and every second.
  public void join(NodeId node, Supplier<NodeLoad> load) {
    presence.add(
        node.value(),
        () -> {
          NodeLoad now = load.get();
          return Bytes.ofUtf8(now.streams() + "/" + now.capacity());
        });
  }

  /// The node takes no more streams.
  public void leave(NodeId node) {
    presence.remove(node.value());
  }

  /// All nodes that are there, in the order of their names. Fails when Redis cannot be asked.
  public CompletionStage<List<NodeLoad>> list() {
    return presence
        .list()
        .thenApply(
            found -> {
              List<NodeLoad> nodes = new ArrayList<>();
              for (Map.Entry<String, Bytes> one : found.entrySet()) {
                Optional<NodeLoad> load = read(one.getKey(), one.getValue());
                load.ifPresentOrElse(nodes::add, () -> metrics.malformed("node-load"));
              }
              nodes.sort(Comparator.comparing(NodeLoad::node));
              return List.copyOf(nodes);
            });
  }

  private static Optional<NodeLoad> read(String node, Bytes value) {
    Matcher load = VALUE.matcher(value.length() <= 20 ? value.toUtf8() : "");
    if (!NodeId.isValid(node) || !load.matches() || Integer.parseInt(load.group(2)) < 1) {
      return Optional.empty();
    }
    return Optional.of(
        new NodeLoad(
            new NodeId(node), Integer.parseInt(load.group(1)), Integer.parseInt(load.group(2))));
  }

  @Override
  public void close() {
    presence.close();
  }
}
