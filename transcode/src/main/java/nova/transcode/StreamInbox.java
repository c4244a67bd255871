package nova.transcode;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import nova.core.StreamHealth;
import org.jspecify.annotations.Nullable;

/// What a stream's thread has not heard yet. The latest of each kind replaces the one before, so
/// nothing piles up, however slow the reader is.
///
/// *Thread-safe.*
final class StreamInbox {
  /// What was put in since the last look.
  ///
  /// @param epochBegan whether the source began an epoch
  /// @param health the latest measurement of it, or null
  /// @param workerStarted whether a worker began
  /// @param sample the latest of the worker, or null
  /// @param end of the transcode, or null
  /// @param retry whether there may be budget now
  /// @param over whether the stream is over
  record News(
      boolean epochBegan,
      @Nullable StreamHealth health,
      boolean workerStarted,
      @Nullable WorkerSample sample,
      @Nullable TranscodeEnd end,
      boolean retry,
      boolean over) {
    static final News NONE = new News(false, null, false, null, null, false, false);
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private News news = News.NONE; // guarded by `lock`, as `fresh`
  private boolean fresh;

  /// An epoch began; earlier measurements say nothing of it.
  void epochBegan() {
    put(new News(true, null, false, null, null, false, false));
  }

  void measured(StreamHealth health) {
    put(new News(false, health, false, null, null, false, false));
  }

  void workerStarted() {
    put(new News(false, null, true, null, null, false, false));
  }

  void sampled(WorkerSample sample) {
    put(new News(false, null, false, sample, null, false, false));
  }

  void ended(TranscodeEnd end) {
    put(new News(false, null, false, null, end, false, false));
  }

  void retry() {
    put(new News(false, null, false, null, null, true, false));
  }

  void over() {
    put(new News(false, null, false, null, null, false, true));
  }

  private void put(News more) {
    lock.lock();
    try {
      StreamHealth health = more.epochBegan() ? null : news.health();
      news =
          new News(
              news.epochBegan() || more.epochBegan(),
              more.health() != null ? more.health() : health,
              news.workerStarted() || more.workerStarted(),
              more.sample() != null ? more.sample() : news.sample(),
              more.end() != null ? more.end() : news.end(),
              news.retry() || more.retry(),
              news.over() || more.over());
      fresh = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /// Waits for news.
  ///
  /// @return what is new, nothing after `timeout`
  News take(Duration timeout) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long remaining = timeout.toNanos();
      while (!fresh && remaining > 0) {
        remaining = changed.awaitNanos(remaining);
      }
      News taken = news;
      news = News.NONE;
      fresh = false;
      return taken;
    } finally {
      lock.unlock();
    }
  }
}
