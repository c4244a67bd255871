package nova.framelog;

import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;

/// A reader's own place in one stream's log.
///
/// *Confined to its job's thread.*
public interface FrameLogReader extends AutoCloseable {
  /// Waits for entries and returns those available, at least one unless `timeout` passes, the
  /// reader is closed or the log was removed. A reader that opens in the middle first receives the
  /// [LogEntry.EpochStarted] and formats in force, then starts at a keyframe. A reader that fell
  /// behind what the log keeps goes on at the oldest keyframe kept, again preceded by the formats
  /// in force, and [#skippedEntries] grows.
  ///
  /// @throws InterruptedException when the thread is interrupted while waiting
  default List<LogEntry> read(Duration timeout) throws InterruptedException {
    return read(timeout, _ -> true);
  }

  /// As [#read(Duration)], but waits until an entry came that is `worthWaking`, and then returns it
  /// with all others. For readers that can do nothing with most frames by themselves: waking a
  /// thread costs more than what it then does with one frame. An adapter may return sooner.
  ///
  /// @param worthWaking called on the writer's thread; must be quick and depend on nothing that
  ///   changes while the reader waits
  /// @throws InterruptedException when the thread is interrupted while waiting
  List<LogEntry> read(Duration timeout, Predicate<? super LogEntry> worthWaking)
      throws InterruptedException;

  /// Whether nothing will ever be read again: the reader was closed or the log removed.
  boolean ended();

  /// Entries lost because this reader was too slow, or because a log in another process lost them.
  long skippedEntries();

  /// Wakes a waiting [#read] and ends this reader. Idempotent; may be called from any thread.
  @Override
  void close();
}
