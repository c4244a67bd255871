package nova.backends.kafka;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import nova.backends.kafka.FrameConsumers.Received;
import nova.core.NanoClock;
import nova.framelog.LogEntry;

/// Where the follower puts a reader's records, and the reader waits for them. Holds a bounded
/// number of bytes: what comes when it is full the reader must get by itself.
///
/// *Thread-safe.*
final class ReaderInbox implements FollowedPartition.Listener {
  /// Records that wake a reader, whatever they are.
  static final int LARGEST_BATCH = 1_024;

  /// Offset in [Taken] of an inbox that will receive more.
  static final long NOT_DETACHED = -1;

  private static final long RECORD_OVERHEAD = 200;

  private final long capBytes;
  private final KafkaMetrics metrics;
  private final NanoClock clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Received> records = new ArrayDeque<>(); // all below guarded by `lock`
  private Predicate<? super LogEntry> waitsFor = _ -> true;
  private long bytes;
  private long detachedAt = NOT_DETACHED;
  private boolean reading;
  private boolean woken;
  private boolean closed;
  private boolean removed;
  private boolean released;

  ReaderInbox(long capBytes, KafkaMetrics metrics, NanoClock clock) {
    this.capBytes = capBytes;
    this.metrics = metrics;
    this.clock = clock;
  }

  /// What was in an inbox.
  ///
  /// @param goesOnAt the offset from which nothing comes any more, or [#NOT_DETACHED]
  record Taken(List<Received> records, long goesOnAt) {
    Taken {
      records = List.copyOf(records);
    }
  }

  /// The reader begins to read.
  ///
  /// @param worthWaking see [nova.framelog.FrameLogReader#read]
  /// @return false when there will be nothing
  boolean enter(Predicate<? super LogEntry> worthWaking) {
    lock.lock();
    try {
      reading = !closed && !removed;
      waitsFor = worthWaking;
      woken = false;
      return reading;
    } finally {
      lock.unlock();
    }
  }

  /// The reader has read.
  ///
  /// @return whether it was the last time
  boolean exit() {
    lock.lock();
    try {
      reading = false;
      return closed || removed;
    } finally {
      lock.unlock();
    }
  }

  /// Makes it as new, before records may come.
  void reset() {
    lock.lock();
    try {
      clear();
      detachedAt = NOT_DETACHED;
    } finally {
      lock.unlock();
    }
  }

  /// Takes everything out.
  Taken take() {
    lock.lock();
    try {
      Taken taken = new Taken(List.copyOf(records), detachedAt);
      clear();
      return taken;
    } finally {
      lock.unlock();
    }
  }

  /// Waits until something came that is worth it, or the deadline.
  void await(long deadline) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!woken) {
        long remainingNs = deadline - clock.nanoTime();
        if (remainingNs <= 0) {
          return;
        }
        long _ = changed.awaitNanos(remainingNs);
      }
      woken = false;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean offer(long offset, FrameRecord record, int size) {
    lock.lock();
    try {
      if (closed || removed) {
        return false;
      }
      if (bytes > 0 && bytes + size > capBytes) {
        detachedAt = offset;
        metrics.readerFellBehind();
        wake();
        return false;
      }
      records.add(new Received(offset, record, size));
      bytes += size + RECORD_OVERHEAD;
      if (reading && !woken && isWorth(record)) {
        wake();
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void detached(long next) {
    lock.lock();
    try {
      detachedAt = next;
      wake();
    } finally {
      lock.unlock();
    }
  }

  /// Wakes the reader, if it waits.
  void wakeUp() {
    lock.lock();
    try {
      wake();
    } finally {
      lock.unlock();
    }
  }

  /// Nobody wants to read any more.
  ///
  /// @return whether nobody is reading just now
  boolean close() {
    lock.lock();
    try {
      closed = true;
      clear();
      wake();
      return !reading;
    } finally {
      lock.unlock();
    }
  }

  /// There will be nothing to read any more.
  void remove() {
    lock.lock();
    try {
      removed = true;
      clear();
      wake();
    } finally {
      lock.unlock();
    }
  }

  /// Whether nothing will be read any more.
  boolean isOver() {
    lock.lock();
    try {
      return closed || removed;
    } finally {
      lock.unlock();
    }
  }

  /// Whether what the reader has of others is to be given back now: true once.
  boolean release() {
    lock.lock();
    try {
      boolean first = !released;
      released = true;
      return first;
    } finally {
      lock.unlock();
    }
  }

  /// Bytes held, with `others` of its reader; none when it is over.
  long bytes(long others) {
    lock.lock();
    try {
      return closed || removed ? 0 : bytes + others;
    } finally {
      lock.unlock();
    }
  }

  private boolean isWorth(FrameRecord record) {
    if (records.size() >= LARGEST_BATCH || 2 * bytes > capBytes) {
      return true;
    }
    return switch (record) {
      case FrameRecord.Single single -> waitsFor.test(single.entry());
      case FrameRecord.Piece piece -> piece.index() == piece.count() - 1;
      case FrameRecord.Head _, FrameRecord.Fence _ -> false;
    };
  }

  private void clear() {
    records.clear();
    bytes = 0;
  }

  private void wake() {
    woken = true;
    changed.signal();
  }
}
