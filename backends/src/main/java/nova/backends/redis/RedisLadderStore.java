package nova.backends.redis;

import io.lettuce.core.ScriptOutputType;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ThreadFactory;
import nova.control.database.RepeatedTask;
import nova.core.Bytes;
import nova.core.StreamId;
import nova.media.MediaException;
import nova.segments.StoreUnavailableException;
import nova.transcode.LadderStore;
import nova.transcode.RunningLadder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the ladders of this node's streams in Redis. They are put again every minute, and when
/// Redis is back, for as long as the node has the streams' leases.
///
/// *Thread-safe.*
public final class RedisLadderStore implements LadderStore, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RedisLadderStore.class);
  private static final RedisScript PUT = RedisScript.named("put-ladder", RedisType.STRING);
  private static final RedisScript REMOVE = RedisScript.named("remove-ladder", RedisType.STRING);
  private static final Duration PUT_EVERY = Duration.ofMinutes(1);

  private final RedisLink link;
  private final StreamLeases leases;
  private final RedisMetrics metrics;
  private final Duration ttl;
  private final ConcurrentMap<StreamId, Bytes> own = new ConcurrentHashMap<>();
  private final RepeatedTask putting;

  private RedisLadderStore(
      RedisConnections connections,
      StreamLeases leases,
      RedisMetrics metrics,
      ThreadFactory threads) {
    this.link = connections.link(RedisArea.MEDIA, "ladders");
    this.leases = leases;
    this.metrics = metrics;
    this.ttl = connections.config().mediaTtl();
    this.putting = RepeatedTask.start("ladders", PUT_EVERY, PUT_EVERY, this::putAll, threads);
    link.onReconnect(this::putAll);
  }

  /// Keeps what will be put.
  ///
  /// @param leases of this node; ladders of streams that it has none of are not put
  /// @param threads makes the thread that puts them again
  /// @throws RedisStartException when Redis cannot be used
  public static RedisLadderStore open(
      RedisConnections connections,
      StreamLeases leases,
      RedisMetrics metrics,
      ThreadFactory threads) {
    return new RedisLadderStore(connections, leases, metrics, threads);
  }

  @Override
  public void put(StreamId stream, RunningLadder ladder) {
    Bytes bytes = ladder.toBytes();
    own.put(stream, bytes);
    send(stream, bytes);
  }

  @Override
  public Optional<RunningLadder> find(StreamId stream) {
    @Nullable Bytes bytes = read(stream);
    try {
      return bytes == null ? Optional.empty() : Optional.of(RunningLadder.read(bytes));
    } catch (MediaException e) {
      metrics.malformed("ladder");
      log.atWarn().addKeyValue("stream", stream).setCause(e).log("a ladder cannot be read");
      return Optional.empty();
    }
  }

  private @Nullable Bytes read(StreamId stream) {
    try {
      return link.await(
              link.orMissing(
                  link.commands().get(key(stream)).thenApply(Optional::ofNullable),
                  Optional.<Bytes>empty()))
          .orElse(null);
    } catch (StoreUnavailableException e) {
      metrics.failed("ladder");
      log.atWarn()
          .addKeyValue("stream", stream)
          .setCause(e)
          .log("the ladder of a stream cannot be asked for");
      return null;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  @Override
  public void remove(StreamId stream) {
    own.remove(stream);
    OptionalLong token = leases.token(stream);
    if (token.isPresent()) {
      countFailure(
          link.<Long>run(
              REMOVE,
              ScriptOutputType.INTEGER,
              keys(stream),
              StreamLeases.number(token.getAsLong())));
    }
  }

  private void putAll() {
    own.forEach(this::send);
  }

  private void send(StreamId stream, Bytes ladder) {
    OptionalLong token = leases.token(stream);
    if (token.isEmpty()) {
      own.remove(stream, ladder); // it goes on elsewhere
      return;
    }
    countFailure(
        link.<Long>run(
            PUT,
            ScriptOutputType.INTEGER,
            keys(stream),
            StreamLeases.number(token.getAsLong()),
            StreamLeases.number(ttl.toMillis()),
            ladder));
  }

  private void countFailure(CompletionStage<Long> asked) {
    RedisAnswers.countFailure(asked, "ladder", metrics);
  }

  private List<String> keys(StreamId stream) {
    return List.of(StreamLeases.fenceKey(link.keys(), stream), key(stream));
  }

  private String key(StreamId stream) {
    return link.keys().key("ladder", stream);
  }

  /// Puts none again; those that are there stay for their time.
  @Override
  public void close() {
    putting.close();
  }
}
