package nova.backends.redis;

import io.lettuce.core.KeyValue;
import io.lettuce.core.ScriptOutputType;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import nova.control.database.RepeatedTask;
import nova.core.Bytes;
import nova.core.StreamId;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Which node carries which stream: a lease of three seconds for each, under a token that rises for
/// ever.
///
/// A lease that nobody renews can be taken by any node. What was written under the token before is
/// then refused, so a node that was merely asleep does no harm. After Redis was emptied, or away,
/// or refused writes, nobody takes a lease until holders had time to renew theirs.
///
/// *Thread-safe.*
public final class StreamLeases implements AutoCloseable {
  /// A lease that is not renewed ends after this time.
  public static final Duration TTL = Duration.ofSeconds(3);

  private static final Logger log = LoggerFactory.getLogger(StreamLeases.class);
  private static final RedisScript ACQUIRE = RedisScript.named("acquire-lease", RedisType.STRING);
  private static final RedisScript RENEW = RedisScript.named("renew-lease", RedisType.STRING);
  private static final RedisScript RELEASE = RedisScript.named("release-lease", RedisType.STRING);

  // Longer than any writer of a former time sleeps.
  static final Duration FENCE_TTL = Duration.ofHours(1);

  private final RedisLink link;
  private final NodeId node;
  private final RedisMetrics metrics;
  private final Duration ttl;
  private final Settling settling;
  private final ConcurrentMap<StreamId, Lease> held = new ConcurrentHashMap<>();
  private final RepeatedTask renewing;

  private StreamLeases(
      RedisConnections connections,
      NodeId node,
      RedisMetrics metrics,
      Duration ttl,
      ThreadFactory threads) {
    this.link = connections.link(RedisArea.MEDIA, "leases");
    this.node = node;
    this.metrics = metrics;
    this.ttl = ttl;
    this.settling = new Settling(connections, link, "leases", ttl);
    Duration interval = ttl.dividedBy(3);
    this.renewing =
        RepeatedTask.start("stream-leases", interval, interval, this::renewAll, threads);
    link.onReconnect(this::renewAll);
  }

  /// Begins to renew what will be acquired.
  ///
  /// @param node this one
  /// @throws RedisStartException when Redis cannot be used
  public static StreamLeases open(
      RedisConnections connections, NodeId node, RedisMetrics metrics, ThreadFactory threads) {
    return open(connections, node, metrics, TTL, threads);
  }

  static StreamLeases open(
      RedisConnections connections,
      NodeId node,
      RedisMetrics metrics,
      Duration ttl,
      ThreadFactory threads) {
    return new StreamLeases(connections, node, metrics, ttl, threads);
  }

  /// Takes a stream that no node carries.
  ///
  /// @return empty when one does, this one included, or when it is too early to say; fails when
  ///   Redis cannot be asked
  public CompletionStage<Optional<Lease>> acquire(StreamId stream) {
    return settling
        .isOver()
        .thenCompose(
            over ->
                over
                    ? acquireNow(stream)
                    : CompletableFuture.completedStage(Optional.<Lease>empty()));
  }

  /// As [#acquire], for who waits no longer than this: a lease that is granted later is given back,
  /// or it would be renewed for ever and nobody would carry the stream.
  ///
  /// @return complete within this time; fails as [#acquire], and when the time has gone by
  public CompletableFuture<Optional<Lease>> acquireWithin(Duration limit, StreamId stream) {
    CompletableFuture<Optional<Lease>> inTime =
        new CompletableFuture<Optional<Lease>>().orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS);
    CompletionStage<Optional<Lease>> _ =
        acquire(stream)
            .whenComplete(
                (granted, failure) -> {
                  if (failure != null) {
                    inTime.completeExceptionally(RedisLink.cause(failure));
                  } else if (!inTime.complete(granted)) {
                    granted.ifPresent(this::giveBackLate);
                  }
                });
    return inTime;
  }

  private void giveBackLate(Lease lease) {
    log.atWarn().addKeyValue("stream", lease.stream()).log("a lease came too late to be used");
    CompletionStage<Void> _ = lease.release();
  }

  /// Which nodes carry streams; those that none carries are left out. Fails when Redis cannot be
  /// asked.
  public CompletionStage<Map<StreamId, NodeId>> holders(Collection<StreamId> streams) {
    if (streams.isEmpty()) {
      return CompletableFuture.completedStage(Map.of());
    }
    Map<String, StreamId> names = new HashMap<>();
    streams.forEach(stream -> names.put(leaseKey(stream), stream));
    return link.commands()
        .mget(names.keySet().toArray(String[]::new))
        .thenApply(
            values -> {
              Map<StreamId, NodeId> holders = new HashMap<>();
              for (KeyValue<String, Bytes> value : values) {
                StreamId stream = names.get(value.getKey());
                NodeId holder = value.hasValue() ? holder(value.getValue()) : null;
                if (stream != null && holder != null) {
                  holders.put(stream, holder);
                }
              }
              return Map.copyOf(holders);
            });
  }

  /// The token under which this node carries a stream; empty when it does not.
  public OptionalLong token(StreamId stream) {
    Lease lease = held.get(stream);
    return lease == null ? OptionalLong.empty() : OptionalLong.of(lease.token());
  }

  boolean isBefore(long nanos) {
    return link.nanoTime() - nanos < 0;
  }

  private CompletionStage<Optional<Lease>> acquireNow(StreamId stream) {
    long endNanos = link.nanoTime() + ttl.toNanos();
    return link.<@Nullable Bytes>run(
            ACQUIRE,
            ScriptOutputType.VALUE,
            List.of(leaseKey(stream), fenceKey(link.keys(), stream)),
            Bytes.ofUtf8(node.value()),
            number(ttl.toMillis()),
            number(FENCE_TTL.toMillis()))
        .thenApply(
            token -> {
              if (token == null) {
                return Optional.empty();
              }
              Lease lease = new Lease(this, stream, Long.parseLong(token.toUtf8()), endNanos);
              held.put(stream, lease);
              return Optional.of(lease);
            });
  }

  CompletionStage<Boolean> renew(Lease lease) {
    long endNanos = link.nanoTime() + ttl.toNanos();
    return link.<Long>run(
            RENEW,
            ScriptOutputType.INTEGER,
            List.of(leaseKey(lease.stream()), fenceKey(link.keys(), lease.stream())),
            Bytes.ofUtf8(node.value()),
            number(ttl.toMillis()),
            number(FENCE_TTL.toMillis()),
            number(lease.token()))
        .thenApply(
            renewed -> {
              if (renewed == 0) {
                lost(lease);
              } else {
                lease.sureUntil(endNanos);
              }
              return renewed != 0;
            });
  }

  CompletionStage<Void> release(Lease lease) {
    held.remove(lease.stream(), lease);
    return link.<Long>run(
            RELEASE,
            ScriptOutputType.INTEGER,
            List.of(leaseKey(lease.stream())),
            Bytes.ofUtf8(lease.token() + " " + node))
        .thenAccept(_ -> {});
  }

  /// Somebody who writes under the lease's token was refused.
  void lost(Lease lease) {
    if (held.remove(lease.stream(), lease)) {
      log.atInfo().addKeyValue("stream", lease.stream()).log("another node carries the stream now");
    }
    lease.lose();
  }

  private void renewAll() {
    settling.look();
    for (Lease lease : held.values()) {
      CompletionStage<Boolean> _ =
          lease
              .renew()
              .exceptionally(
                  failure -> {
                    metrics.failed("renew-lease");
                    log.debug("lease of {} not renewed", lease.stream(), failure);
                    return true;
                  });
    }
  }

  private @Nullable NodeId holder(Bytes lease) {
    String text = lease.length() <= 100 ? lease.toUtf8() : "";
    String name = text.substring(text.indexOf(' ') + 1);
    if (!NodeId.isValid(name)) {
      metrics.malformed("lease");
      return null;
    }
    return new NodeId(name);
  }

  private String leaseKey(StreamId stream) {
    return link.keys().key("lease", stream);
  }

  /// Where the highest token of a stream is kept.
  static String fenceKey(Keyspace keys, StreamId stream) {
    return keys.key("fence", stream);
  }

  static Bytes number(long value) {
    return Bytes.ofUtf8(Long.toString(value));
  }

  /// Gives back all leases, and renews none any more.
  @Override
  public void close() {
    renewing.close();
    for (Lease lease : held.values()) {
      CompletionStage<Void> _ = lease.release();
    }
  }
}
