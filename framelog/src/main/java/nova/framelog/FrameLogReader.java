package nova.framelog;

import java.time.Duration;
import java.util.List;

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
  List<LogEntry> read(Duration timeout) throws InterruptedException;

  /// Whether nothing will ever be read again: the reader was closed or the log removed.
  boolean ended();

  /// Entries lost because this reader was too slow.
  long skippedEntries();

  /// Wakes a waiting [#read] and ends this reader. Idempotent; may be called from any thread.
  @Override
  void close();
}
