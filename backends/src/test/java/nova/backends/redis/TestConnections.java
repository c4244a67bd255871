package nova.backends.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import nova.cluster.EmbeddedRedis;
import nova.core.Bytes;
import org.awaitility.Awaitility;

/// Connections for tests, and waiting with an end.
public final class TestConnections {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private TestConnections() {}

  /// Connections of a process of its own.
  public static RedisConnections open(RedisConfig config) {
    return open(config, RedisMetrics.NONE);
  }

  /// Connections of a process of its own, counted.
  public static RedisConnections open(RedisConfig config, RedisMetrics metrics) {
    return RedisConnections.open(
        config,
        metrics,
        InstantSource.system(),
        System::nanoTime,
        Thread.ofPlatform().daemon().factory());
  }

  /// Lets Redis have no memory left for anything.
  public static void fill(EmbeddedRedis redis) {
    tell(redis, commands -> commands.configSet("maxmemory", "1"));
  }

  /// Ends [#fill].
  public static void makeRoom(EmbeddedRedis redis) {
    tell(redis, commands -> commands.configSet("maxmemory", "0"));
  }

  private static void tell(
      EmbeddedRedis redis, Function<RedisCommands<String, String>, String> command) {
    try (RedisClient client = RedisClient.create(redis.url())) {
      String answer = command.apply(client.connect().sync());
      if (!answer.equals("OK")) {
        throw new IllegalStateException(answer);
      }
    }
  }

  /// What a stage gives.
  public static <T> T await(CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException | TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Waits until something is so.
  public static void await(String what, BooleanSupplier condition) {
    Awaitility.await(what)
        .pollInSameThread() // tests are confined to theirs
        .dontCatchUncaughtExceptions()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(2))
        .atMost(PATIENCE)
        .until(condition::getAsBoolean);
  }

  static Bytes text(String text) {
    return Bytes.ofUtf8(text);
  }
}
