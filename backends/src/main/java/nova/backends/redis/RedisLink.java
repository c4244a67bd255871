package nova.backends.redis;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import nova.core.Bytes;
import nova.core.NanoClock;
import org.jspecify.annotations.Nullable;

/// One connection to Redis, which comes back by itself. Commands are sent in the order in which
/// they are given and answered within the timeout; while the connection is away, and when too many
/// wait, they fail at once. None is sent twice.
///
/// *Thread-safe.*
final class RedisLink {
  private final StatefulRedisConnection<String, Bytes> connection;
  private final Keyspace keys;
  private final NanoClock clock;
  private final BooleanSupplier redisAnswers;
  private volatile long connectedAtNanos;

  /// @param redisAnswers whether Redis answered lately, on whatever connection
  RedisLink(
      StatefulRedisConnection<String, Bytes> connection,
      Keyspace keys,
      NanoClock clock,
      BooleanSupplier redisAnswers) {
    this.connection = connection;
    this.keys = keys;
    this.clock = clock;
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

  /// Runs a script, which Redis need not know yet.
  <T extends @Nullable Object> CompletionStage<T> run(
      RedisScript script, ScriptOutputType output, List<String> scriptKeys, Bytes... arguments) {
    String[] array = scriptKeys.toArray(String[]::new);
    return commands()
        .<T>evalsha(script.sha(), output, array, arguments)
        .exceptionallyCompose(
            failure ->
                isUnknownScript(failure)
                    ? commands().<T>eval(script.text(), output, array, arguments)
                    : CompletableFuture.failedFuture(failure));
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
