package nova.framelog;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import nova.core.StreamId;
import nova.framelog.LogEntry.LoggedFrame;
import org.jspecify.annotations.Nullable;

/// One stream's log in memory.
///
/// Entries have positions that only rise. A ring keeps those from `head` to `end`; an index keeps
/// the positions of the leading track's keyframes. The head moves to the next keyframe once that
/// one has been kept long enough: what is old is in everybody's hands, and a large heap of it would
/// cost memory and long collections. Beyond the cap the head also moves to the next keyframe, or
/// frame by frame when a single group of pictures exceeds the cap. What was in force at the head
/// (epoch and formats) is kept for readers that start there.
///
/// *Thread-safe.*
final class InProcessStreamLog {
  private static final int LARGEST_BATCH = 1_024;

  private final StreamId stream;
  private final long capBytes;
  private final Duration keep;
  private final ReentrantLock lock = new ReentrantLock();
  private final List<Reader> waiting = new ArrayList<>(2);
  private final LogTailTracker tail = new LogTailTracker();
  private final Deque<Long> keyframes = new ArrayDeque<>(); // positions, rising
  private final FormatsInForce atHead = new FormatsInForce();
  private final FormatsInForce atEnd = new FormatsInForce();
  private final EntryRing ring = new EntryRing();

  private boolean removed;
  private @Nullable Writer current;

  InProcessStreamLog(StreamId stream, FrameLogConfig config) {
    this.stream = stream;
    this.capBytes = config.memoryPerStream().bytes();
    this.keep = config.keep();
  }

  FrameLogWriter openWriter() {
    lock.lock();
    try {
      Writer writer = new Writer();
      current = writer;
      return writer;
    } finally {
      lock.unlock();
    }
  }

  FrameLogReader openReader(LogPosition from) {
    lock.lock();
    try {
      return new Reader(
          switch (from) {
            case LogPosition.Edge.EARLIEST -> ring.head();
            case LogPosition.Edge.LATEST_KEYFRAME -> latestKeyframe(ring.end());
            case LogPosition.FromSegment(long segment) -> latestKeyframe(beginOf(segment));
          });
    } finally {
      lock.unlock();
    }
  }

  /// Position of the first frame of that segment or a later one; the end while there is none.
  private long beginOf(long segment) {
    for (long position = ring.head(); position < ring.end(); position++) {
      if (ring.at(position) instanceof LoggedFrame frame && frame.segment() >= segment) {
        return position;
      }
    }
    return ring.end();
  }

  /// The latest keyframe at or before that position, or the head.
  private long latestKeyframe(long limit) {
    for (Long position : (Iterable<Long>) keyframes::descendingIterator) {
      if (position <= limit) {
        return position;
      }
    }
    return ring.head();
  }

  void remove() {
    lock.lock();
    try {
      removed = true;
      current = null;
      ring.clear();
      keyframes.clear();
      waiting.forEach(Reader::wake);
    } finally {
      lock.unlock();
    }
  }

  long sizeBytes() {
    lock.lock();
    try {
      return ring.sizeBytes();
    } finally {
      lock.unlock();
    }
  }

  private void append(LogEntry entry) {
    atEnd.add(entry);
    if (atEnd.canStartAt(entry)) {
      keyframes.addLast(ring.end());
    }
    ring.append(entry);
    tail.add(entry);
    if (entry instanceof LoggedFrame newest) {
      dropArrivedBefore(newest.arrivedAt().minus(keep));
    }
    if (ring.sizeBytes() > capBytes) {
      dropOldest();
    }
    for (int i = 0; i < waiting.size(); i++) {
      waiting.get(i).appended(entry);
    }
  }

  /// Drops the groups of pictures that are followed by one that is old enough to begin at.
  private void dropArrivedBefore(Instant limit) {
    for (Long next = keyframeAfterHead(); next != null; next = keyframeAfterHead()) {
      if (!(ring.at(next) instanceof LoggedFrame frame) || frame.arrivedAt().isAfter(limit)) {
        return;
      }
      while (ring.head() < next) {
        dropHead();
      }
    }
  }

  private @Nullable Long keyframeAfterHead() {
    for (Long position : keyframes) {
      if (position > ring.head()) {
        return position;
      }
    }
    return null;
  }

  private void dropOldest() {
    while (ring.sizeBytes() > capBytes && ring.head() < ring.end() - 1) {
      dropHead();
    }
    Long next = keyframes.peekFirst();
    if (next != null) {
      while (ring.head() < next) {
        dropHead();
      }
    }
  }

  private void dropHead() {
    Long first = keyframes.peekFirst();
    if (first != null && first == ring.head()) {
      keyframes.removeFirst();
    }
    atHead.add(ring.removeHead());
  }

  /// The only writer, until the next one is opened.
  private final class Writer implements FrameLogWriter {
    @Override
    public void append(LogEntry entry) {
      lock.lock();
      try {
        if (current != this) {
          throw removed
              ? WriterFencedException.removed(stream)
              : WriterFencedException.replaced(stream);
        }
        InProcessStreamLog.this.append(entry);
      } finally {
        lock.unlock();
      }
    }

    @Override
    public LogTail tail() {
      lock.lock();
      try {
        return tail.tail();
      } finally {
        lock.unlock();
      }
    }
  }

  /// A place in the log.
  private final class Reader implements FrameLogReader {
    private final FormatsInForce inForce = new FormatsInForce();
    private long position;
    private boolean seeking; // for a keyframe: frames before it are passed over
    private boolean prefaced;
    private long skipped;
    private final Condition changed = lock.newCondition(); // all below guarded by `lock`
    private Predicate<? super LogEntry> waitsFor = _ -> true;
    private boolean woken;
    private boolean closed;

    Reader(long position) {
      this.position = position;
      this.prefaced = position == 0;
    }

    @Override
    public List<LogEntry> read(Duration timeout, Predicate<? super LogEntry> worthWaking)
        throws InterruptedException {
      long remainingNs = timeout.toNanos();
      List<LogEntry> batch = new ArrayList<>();
      lock.lockInterruptibly();
      try {
        boolean worthIt = anyUnread(worthWaking);
        while (!closed && !removed) {
          if (worthIt || remainingNs <= 0) {
            take(batch);
            if (!batch.isEmpty() || remainingNs <= 0) {
              return batch;
            }
          }
          remainingNs = await(worthWaking, remainingNs);
          worthIt = remainingNs > 0;
        }
        return List.of();
      } finally {
        lock.unlock();
      }
    }

    private boolean anyUnread(Predicate<? super LogEntry> worthWaking) {
      if (position < ring.head() || ring.end() - position >= LARGEST_BATCH) {
        return true;
      }
      for (long unread = position; unread < ring.end(); unread++) {
        if (worthWaking.test(ring.at(unread))) {
          return true;
        }
      }
      return false;
    }

    /// @return the time left, > 0 if and only if there is something worth reading
    private long await(Predicate<? super LogEntry> worthWaking, long nanos)
        throws InterruptedException {
      long remainingNs = nanos;
      waitsFor = worthWaking;
      woken = false;
      waiting.add(this);
      try {
        while (!woken && remainingNs > 0) {
          remainingNs = changed.awaitNanos(remainingNs);
        }
        return woken ? Math.max(1, remainingNs) : 0;
      } finally {
        waiting.remove(this);
      }
    }

    /// Called by the writer while this reader waits.
    void appended(LogEntry entry) {
      if (!woken && (ring.end() - position >= LARGEST_BATCH || waitsFor.test(entry))) {
        wake();
      }
    }

    void wake() {
      woken = true;
      changed.signal();
    }

    private void take(List<LogEntry> batch) {
      if (position < ring.head()) {
        skipped += ring.head() - position;
        position = ring.head();
        prefaced = false;
      }
      if (!prefaced && position < ring.end()) {
        inForce.become(position == ring.head() ? atHead : formatsBefore(position));
        batch.addAll(inForce.entries());
        prefaced = true;
        seeking = true;
      }
      while (position < ring.end() && batch.size() < LARGEST_BATCH) {
        LogEntry entry = ring.at(position++);
        inForce.add(entry);
        if (seeking && inForce.canStartAt(entry)) {
          seeking = false;
        }
        if (seeking && entry instanceof LoggedFrame) {
          skipped++;
        } else {
          batch.add(entry);
        }
      }
    }

    private FormatsInForce formatsBefore(long limit) {
      FormatsInForce formats = new FormatsInForce();
      formats.become(atHead);
      for (long at = ring.head(); at < limit; at++) {
        formats.add(ring.at(at));
      }
      return formats;
    }

    @Override
    public boolean ended() {
      lock.lock();
      try {
        return closed || removed;
      } finally {
        lock.unlock();
      }
    }

    @Override
    public long skippedEntries() {
      return skipped;
    }

    @Override
    public void close() {
      lock.lock();
      try {
        closed = true;
        wake();
      } finally {
        lock.unlock();
      }
    }
  }
}
