package nova.transcode;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Decides whether a worker that failed is started again, and how soon: twice as late each time, by
/// a random amount, so that the workers of many streams that failed together do not start together.
///
/// *Confined to its creator's thread.*
public final class RestartPolicy {
  private static final Duration FIRST_DELAY = Duration.ofMillis(200);
  private static final Duration LONGEST_DELAY = Duration.ofSeconds(10);
  private static final int MOST_DOUBLINGS = 6; // beyond the longest delay

  private final int restarts;
  private final long windowNs;
  private final RandomGenerator random;
  private final Deque<Long> restartedAt = new ArrayDeque<>();

  public RestartPolicy(WorkerConfig config, RandomGenerator random) {
    this.restarts = config.restarts();
    this.windowNs = config.restartWindow().toNanos();
    this.random = random;
  }

  /// A worker failed.
  ///
  /// @return how long to wait before the next, or empty when there were enough
  public Optional<Duration> afterFailure(long nowNs) {
    while (!restartedAt.isEmpty() && nowNs - restartedAt.peekFirst() > windowNs) {
      restartedAt.removeFirst();
    }
    int recent = restartedAt.size();
    if (recent >= restarts) {
      return Optional.empty();
    }
    restartedAt.addLast(nowNs);
    long doubled = FIRST_DELAY.toNanos() << Math.min(recent, MOST_DOUBLINGS);
    long whole = Math.min(LONGEST_DELAY.toNanos(), doubled);
    return Optional.of(Duration.ofNanos((long) (whole * (0.5 + random.nextDouble() / 2))));
  }
}
