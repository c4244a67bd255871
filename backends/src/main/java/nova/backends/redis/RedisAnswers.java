package nova.backends.redis;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import nova.segments.StoreUnavailableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What Redis says to what it was asked: how one waits for it, and what becomes of a failure that
/// nobody waits for.
///
/// *Thread-safe.*
public final class RedisAnswers {
  private static final Logger log = LoggerFactory.getLogger(RedisAnswers.class);
  private static final Duration LIMIT = Duration.ofSeconds(5); // the connection's own comes first

  private RedisAnswers() {}

  /// Waits for an answer, for five seconds at most.
  ///
  /// @throws StoreUnavailableException when there is none
  public static <T extends @Nullable Object> T await(CompletionStage<T> asked)
      throws InterruptedException {
    return await(asked, LIMIT);
  }

  /// Waits for an answer.
  ///
  /// @throws StoreUnavailableException when there is none; its cause is what went wrong
  public static <T extends @Nullable Object> T await(CompletionStage<T> asked, Duration limit)
      throws InterruptedException {
    try {
      return asked.toCompletableFuture().get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new StoreUnavailableException(
          "Redis did not answer", Objects.requireNonNullElse(e.getCause(), e));
    } catch (TimeoutException e) {
      throw new StoreUnavailableException("Redis did not answer", e);
    }
  }

  /// Counts a failure of what nobody waits for.
  ///
  /// @param what as [RedisMetrics#failed] names it
  static void countFailure(CompletionStage<?> asked, String what, RedisMetrics metrics) {
    CompletionStage<?> _ =
        asked.whenComplete(
            (_, failure) -> {
              if (failure != null) {
                metrics.failed(what);
                log.debug("Redis did not do what it was asked: {}", what, failure);
              }
            });
  }
}
