package nova.backends.redis;

import io.lettuce.core.ScriptOutputType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadFactory;
import nova.control.database.RepeatedTask;
import nova.core.Bytes;
import nova.core.NanoClock;
import nova.core.StreamId;
import nova.core.ViewerCount;
import nova.delivery.ViewerRegistry;
import nova.segments.StoreUnavailableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How many watch, at all delivery nodes together: read once a second of all streams that are
/// watched, so that asking costs a look into a table.
///
/// While Redis is away what was read last is told for as long as its viewers would count; then
/// nothing is known.
///
/// *Thread-safe.*
public final class RedisViewerCounts implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RedisViewerCounts.class);
  private static final RedisScript COUNT = RedisScript.named("count-viewers", RedisType.SORTED_SET);
  private static final Duration EVERY = Duration.ofSeconds(1);
  private static final int MOST = 10_000; // streams
  private static final int BATCH = 500; // commands that wait together

  private final RedisLink link;
  private final ViewerKeys keys;
  private final RedisMetrics metrics;
  private final NanoClock clock;
  private final RepeatedTask reading;
  private volatile @Nullable Counts latest;

  private record Counts(Map<StreamId, ViewerCount> byStream, long atNs) {}

  private RedisViewerCounts(
      RedisConnections connections, RedisMetrics metrics, NanoClock clock, ThreadFactory threads) {
    this.link = connections.link(RedisArea.VIEWERS, "viewer-counts");
    this.keys = new ViewerKeys(link.keys());
    this.metrics = metrics;
    this.clock = clock;
    this.reading = RepeatedTask.start("viewer-counts", EVERY, EVERY, this::read, threads);
  }

  /// Begins to read.
  ///
  /// @param threads makes the thread that reads
  /// @throws RedisStartException when Redis cannot be used
  public static RedisViewerCounts open(
      RedisConnections connections, RedisMetrics metrics, NanoClock clock, ThreadFactory threads) {
    return new RedisViewerCounts(connections, metrics, clock, threads);
  }

  /// How many watch a stream, up to a second ago; empty while that is not known. Returns at once.
  public Optional<ViewerCount> count(StreamId stream) {
    Counts known = latest;
    return known == null || clock.nanoTime() - known.atNs >= ViewerRegistry.KEPT.toNanos()
        ? Optional.empty()
        : Optional.of(known.byStream.getOrDefault(stream, ViewerCount.NONE));
  }

  private void read() {
    if (!link.isOpen()) {
      metrics.failed("viewer-counts");
      return;
    }
    try {
      long now = clock.nanoTime();
      latest = new Counts(Map.copyOf(count(watched())), now);
    } catch (StoreUnavailableException e) {
      metrics.failed("viewer-counts");
      log.debug("viewers not counted", e);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private List<StreamId> watched() throws InterruptedException {
    List<StreamId> streams = new ArrayList<>();
    for (Bytes name :
        link.await(
            link.orMissing(link.commands().zrevrange(keys.watched(), 0, MOST - 1), List.of()))) {
      if (StreamId.isValid(name.toUtf8())) {
        streams.add(new StreamId(name.toUtf8()));
      } else {
        metrics.malformed("watched-stream");
      }
    }
    return streams;
  }

  private Map<StreamId, ViewerCount> count(List<StreamId> streams) throws InterruptedException {
    Map<StreamId, ViewerCount> counts = new HashMap<>();
    Bytes lately = StreamLeases.number(ViewerRegistry.KEPT.toMillis());
    for (int from = 0; from < streams.size(); from += BATCH) {
      Map<StreamId, CompletionStage<List<Long>>> asked = new HashMap<>();
      for (StreamId stream : streams.subList(from, Math.min(streams.size(), from + BATCH))) {
        asked.put(
            stream,
            link.<List<Long>>run(
                COUNT, ScriptOutputType.MULTI, List.of(keys.viewers(stream)), lately));
      }
      for (Map.Entry<StreamId, CompletionStage<List<Long>>> one : asked.entrySet()) {
        List<Long> found = link.await(one.getValue());
        counts.put(
            one.getKey(), new ViewerCount(found.getFirst().intValue(), found.getLast().intValue()));
      }
    }
    return counts;
  }

  @Override
  public void close() {
    reading.close();
  }
}
