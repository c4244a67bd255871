package nova.backends.redis;

import io.lettuce.core.ScriptOutputType;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ThreadFactory;
import java.util.function.Supplier;
import nova.control.database.RepeatedTask;
import nova.core.Bytes;

/// Things of one kind that say each second that they are there, and are forgotten when they do not.
///
/// A sorted set has when each was last there, and a hash what each is; both are read at once.
///
/// *Thread-safe.*
final class Presence implements AutoCloseable {
  private static final RedisScript ANNOUNCE =
      RedisScript.named("announce", RedisType.SORTED_SET, RedisType.HASH);
  private static final RedisScript ANNOUNCED =
      RedisScript.named("announced", RedisType.SORTED_SET, RedisType.HASH);
  private static final int MOST = 10_000;

  private final String kind;
  private final RedisLink link;
  private final RedisMetrics metrics;
  private final Duration ttl;
  private final ConcurrentMap<String, Supplier<Bytes>> own = new ConcurrentHashMap<>();
  private final RepeatedTask announcing;

  /// @param area where they are kept
  /// @param kind kebab-case name of what they are
  /// @param ttl of three announcements
  Presence(
      RedisConnections connections,
      RedisArea area,
      String kind,
      RedisMetrics metrics,
      Duration ttl,
      ThreadFactory threads) {
    this.kind = kind;
    this.link = connections.link(area, kind);
    this.metrics = metrics;
    this.ttl = ttl;
    Duration interval = ttl.dividedBy(3);
    this.announcing = RepeatedTask.start(kind, interval, interval, this::announceAll, threads);
    link.onReconnect(this::announceAll);
  }

  /// Announces something from now on.
  ///
  /// @param value what it is, asked for each time
  void add(String name, Supplier<Bytes> value) {
    own.put(name, value);
    announce(name, value.get());
  }

  /// Announces it no more, and says so.
  void remove(String name) {
    own.remove(name);
    if (canSend()) {
      countFailure(link.commands().zrem(timesKey(), name(name)));
      countFailure(link.commands().hdel(valuesKey(), name));
    }
  }

  /// What is there now, by name. Fails when Redis cannot be asked.
  CompletionStage<Map<String, Bytes>> list() {
    return link.<List<Bytes>>run(
            ANNOUNCED,
            ScriptOutputType.MULTI,
            List.of(timesKey(), valuesKey()),
            StreamLeases.number(ttl.toMillis()),
            StreamLeases.number(MOST))
        .thenApply(
            found -> {
              Map<String, Bytes> present = new HashMap<>();
              for (int i = 0; i + 1 < found.size(); i += 2) {
                present.put(found.get(i).toUtf8(), found.get(i + 1));
              }
              return Map.copyOf(present);
            });
  }

  private void announceAll() {
    own.forEach((name, value) -> announce(name, value.get()));
  }

  /// Announces something this once.
  void announce(String name, Bytes value) {
    if (!canSend()) {
      return; // whoever is not heard of is forgotten
    }
    countFailure(
        link.<Long>run(
            ANNOUNCE,
            ScriptOutputType.INTEGER,
            List.of(timesKey(), valuesKey()),
            name(name),
            value,
            StreamLeases.number(ttl.toMillis())));
  }

  private boolean canSend() {
    boolean open = link.isOpen();
    if (!open) {
      metrics.failed("announce");
    }
    return open;
  }

  private void countFailure(CompletionStage<Long> asked) {
    RedisAnswers.countFailure(asked, "announce", metrics);
  }

  private String timesKey() {
    return link.keys().key("times", kind);
  }

  private String valuesKey() {
    return link.keys().key("values", kind);
  }

  private static Bytes name(String name) {
    return Bytes.ofUtf8(name);
  }

  @Override
  public void close() {
    announcing.close();
    own.keySet().forEach(this::remove);
  }
}
