package nova.backends.redis;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import nova.core.Bytes;
import nova.core.NanoClock;
import nova.segments.StoreUnavailableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One connection to Redis, which comes back by itself. Commands are sent in the order in which
/// they are given and answered within the timeout; while the connection is away, and when too many
/// wait, they fail at once. None is sent twice.
///
/// *Thread-safe.*
final class RedisLink {
  private static final Logger log = LoggerFactory.getLogger(RedisLink.class);
  private static final RedisScript MAKE_WAY = RedisScript.named("make-way", RedisType.STRING);
  private static final String WRONG_TYPE = "wrong-type"; // reason

  private final StatefulRedisConnection<String, Bytes> connection;
  private final Keyspace keys;
  private final RedisMetrics metrics;
  private final NanoClock clock;
  private final Duration timeout;
  private final BooleanSupplier redisAnswers;
  private volatile long connectedAtNanos;

  /// @param timeout of each command
  /// @param redisAnswers whether Redis answered lately, on whatever connection
  RedisLink(
      StatefulRedisConnection<String, Bytes> connection,
      Keyspace keys,
      RedisMetrics metrics,
      NanoClock clock,
      Duration timeout,
      BooleanSupplier redisAnswers) {
    this.connection = connection;
    this.keys = keys;
    this.metrics = metrics;
    this.clock = clock;
    this.timeout = timeout;
    this.redisAnswers = redisAnswers;
    this.connectedAtNanos = clock.nanoTime();
    onReconnect(() -> connectedAtNanos = clock.nanoTime());
  }

  Keyspace keys() {
    return keys;
  }

  RedisAsyncCommands<String, Bytes> commands() {
    return connection.async();
  }

  /// The time by which this process measures.
  long nanoTime() {
    return clock.nanoTime();
  }

  /// Whether commands can be sent now.
  boolean isOpen() {
    return connection.isOpen();
  }

  /// Whether it is worth a wait to ask now: commands can be sent, and Redis does not hang.
  boolean answers() {
    return isOpen() && redisAnswers.getAsBoolean();
  }

  /// How long the connection has been there without a break, if it is.
  Duration age() {
    return Duration.ofNanos(clock.nanoTime() - connectedAtNanos);
  }

  /// Calls `step` on a thread of the connection whenever it has come back; it must return at once.
  void onReconnect(Runnable step) {
    connection.addListener(
        new RedisConnectionStateListener() {
          @Override
          public void onRedisConnected(
              RedisChannelHandler<?, ?> handler, @Nullable SocketAddress address) {
            step.run();
          }
        });
  }

  /// Sends what was given since [#hold] at once.
  void flush() {
    connection.flushCommands();
  }

  /// Sends commands only when [#flush] is called.
  void hold() {
    connection.setAutoFlushCommands(false);
  }

  /// Waits for an answer. Each command's own timeout comes first.
  ///
  /// @throws StoreUnavailableException when there is none; its cause is what went wrong
  <T extends @Nullable Object> T await(CompletionStage<T> asked) throws InterruptedException {
    return RedisAnswers.await(asked, timeout.multipliedBy(2));
  }

  /// Runs a script, which Redis need not know yet. What is of another type than the script's keys
  /// are counts as missing, and makes way.
  <T extends @Nullable Object> CompletionStage<T> run(
      RedisScript script, ScriptOutputType output, List<String> scriptKeys, Bytes... arguments) {
    return this.<T>runOnce(script, output, scriptKeys, arguments)
        .exceptionallyCompose(
            failure ->
                isOfAnotherType(failure)
                    ? makeWay(script, scriptKeys)
                        .thenCompose(
                            _ -> flushed(this.<T>runOnce(script, output, scriptKeys, arguments)))
                    : CompletableFuture.failedFuture(failure));
  }

  private <T extends @Nullable Object> CompletionStage<T> runOnce(
      RedisScript script, ScriptOutputType output, List<String> scriptKeys, Bytes... arguments) {
    String[] array = scriptKeys.toArray(String[]::new);
    return commands()
        .<T>evalsha(script.sha(), output, array, arguments)
        .exceptionallyCompose(
            failure ->
                isUnknownScript(failure)
                    ? flushed(commands().<T>eval(script.text(), output, array, arguments))
                    : CompletableFuture.failedFuture(failure));
  }

  /// Removes what is of another type than the keys of a script: nothing of ours, so that no fence
  /// has to be looked at.
  CompletionStage<List<Bytes>> makeWay(RedisScript script, List<String> scriptKeys) {
    List<Bytes> types = new ArrayList<>();
    for (int key = 0; key < scriptKeys.size(); key++) {
      types.add(Bytes.ofUtf8(script.type(key).label()));
    }
    return flushed(
            this.<List<Bytes>>runOnce(
                MAKE_WAY, ScriptOutputType.MULTI, scriptKeys, types.toArray(Bytes[]::new)))
        .thenApply(
            removed -> {
              for (Bytes name : removed) {
                metrics.malformed(WRONG_TYPE);
                log.warn("{} in Redis was something else and is removed", name.toUtf8());
              }
              return removed;
            });
  }

  /// What a command reads, or `missing` where its key is of another type, which is counted.
  <T> CompletionStage<T> orMissing(CompletionStage<T> asked, T missing) {
    return asked.exceptionallyCompose(
        failure -> {
          if (!isOfAnotherType(failure)) {
            return CompletableFuture.failedFuture(failure);
          }
          metrics.malformed(WRONG_TYPE);
          return CompletableFuture.completedFuture(missing);
        });
  }

  private <T> CompletionStage<T> flushed(CompletionStage<T> given) {
    flush();
    return given;
  }

  /// Whether a key holds something that is none of ours.
  static boolean isOfAnotherType(Throwable failure) {
    return cause(failure) instanceof RedisCommandExecutionException e
        && String.valueOf(e.getMessage()).contains("WRONGTYPE");
  }

  /// Whether Redis answered that it does not do what was asked, though the user may.
  static boolean isRefusal(Throwable failure) {
    return cause(failure) instanceof RedisCommandExecutionException e
        && !String.valueOf(e.getMessage()).startsWith("NOPERM");
  }

  /// Whether Redis has to be told a script first.
  static boolean isUnknownScript(Throwable failure) {
    return cause(failure) instanceof RedisNoScriptException;
  }

  /// What went wrong, without the wrapping of stages.
  static Throwable cause(Throwable failure) {
    Throwable cause = failure.getCause();
    return failure instanceof CompletionException && cause != null ? cause(cause) : failure;
  }

  void close() {
    connection.close();
  }
}
