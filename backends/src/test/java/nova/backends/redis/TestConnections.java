package nova.backends.redis;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import nova.core.Bytes;

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
    Instant deadline = Instant.now().plus(PATIENCE);
    while (!condition.getAsBoolean()) {
      if (Instant.now().isAfter(deadline)) {
        throw new AssertionError("not within %d s: %s".formatted(PATIENCE.toSeconds(), what));
      }
      try {
        Thread.sleep(2);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  static Bytes text(String text) {
    return Bytes.ofUtf8(text);
  }
}
