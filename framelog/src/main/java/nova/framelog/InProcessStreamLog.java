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
import nova.core.TrackId;
import nova.framelog.LogEntry.EpochEnded;
import nova.framelog.LogEntry.EpochStarted;
import nova.framelog.LogEntry.LoggedFrame;
import nova.framelog.LogEntry.StreamClosed;
import nova.framelog.LogEntry.TrackFormatChanged;
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
  private static final long ENTRY_OVERHEAD =
      200; // objects around a payload, measured on 64-bit JVMs
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

  private @Nullable LogEntry[] ring = new LogEntry[256];
  private long head;
  private long end;
  private long bytes;
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
      Long latest = keyframes.peekLast();
      return new Reader(from == LogPosition.LATEST_KEYFRAME && latest != null ? latest : head);
    } finally {
      lock.unlock();
    }
  }

  void remove() {
    lock.lock();
    try {
      removed = true;
      current = null;
      ring = new LogEntry[0];
      head = end;
      bytes = 0;
      keyframes.clear();
      waiting.forEach(Reader::wake);
    } finally {
      lock.unlock();
    }
  }

  long sizeBytes() {
    lock.lock();
    try {
      return bytes;
    } finally {
      lock.unlock();
    }
  }

  private void append(LogEntry entry) {
    if (end - head == ring.length) {
      grow();
    }
    atEnd.add(entry);
    if (atEnd.canStartAt(entry)) {
      keyframes.addLast(end);
    }
    ring[slot(end)] = entry;
    end++;
    bytes += cost(entry);
    tail.add(entry);
    if (entry instanceof LoggedFrame newest) {
      dropArrivedBefore(newest.arrivedAt().minus(keep));
    }
    if (bytes > capBytes) {
      dropOldest();
    }
    for (int i = 0; i < waiting.size(); i++) {
      waiting.get(i).appended(entry);
    }
  }

  /// Drops the groups of pictures that are followed by one that is old enough to begin at.
  private void dropArrivedBefore(Instant limit) {
    for (Long next = keyframeAfterHead(); next != null; next = keyframeAfterHead()) {
      if (!(entryAt(next) instanceof LoggedFrame frame) || frame.arrivedAt().isAfter(limit)) {
        return;
      }
      while (head < next) {
        dropHead();
      }
    }
  }

  private @Nullable Long keyframeAfterHead() {
    for (Long position : keyframes) {
      if (position > head) {
        return position;
      }
    }
    return null;
  }

  private void dropOldest() {
    while (bytes > capBytes && head < end - 1) {
      dropHead();
    }
    Long next = keyframes.peekFirst();
    if (next != null) {
      while (head < next) {
        dropHead();
      }
    }
  }

  private void dropHead() {
    int slot = slot(head);
    LogEntry entry = entryAt(head);
    ring[slot] = null;
    atHead.add(entry);
    bytes -= cost(entry);
    Long first = keyframes.peekFirst();
    if (first != null && first == head) {
      keyframes.removeFirst();
    }
    head++;
  }

  private void grow() {
    @Nullable LogEntry[] larger = new LogEntry[ring.length * 2];
    for (long position = head; position < end; position++) {
      larger[(int) (position & (larger.length - 1))] = ring[slot(position)];
    }
    ring = larger;
  }

  private int slot(long position) {
    return (int) (position & (ring.length - 1)); // the length is a power of two
  }

  private LogEntry entryAt(long position) {
    LogEntry entry = ring[slot(position)];
    if (entry == null) {
      throw new IllegalStateException(
          "no entry at %d (expected: %d to %d)".formatted(position, head, end));
    }
    return entry;
  }

  private static long cost(LogEntry entry) {
    return ENTRY_OVERHEAD
        + (entry instanceof LoggedFrame logged ? logged.frame().payload().length() : 0);
  }

  /// The only writer, until the next one is opened.
  private final class Writer implements FrameLogWriter {
    @Override
    public void append(LogEntry entry) {
      lock.lock();
      try {
        if (current != this) {
          throw new WriterFencedException(stream);
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
      if (position < head || end - position >= LARGEST_BATCH) {
        return true;
      }
      for (long unread = position; unread < end; unread++) {
        if (worthWaking.test(entryAt(unread))) {
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
      if (!woken && (end - position >= LARGEST_BATCH || waitsFor.test(entry))) {
        wake();
      }
    }

    void wake() {
      woken = true;
      changed.signal();
    }

    private void take(List<LogEntry> batch) {
      if (position < head) {
        skipped += head - position;
        position = head;
        prefaced = false;
      }
      if (!prefaced && position < end) {
        inForce.become(position == head ? atHead : formatsBefore(position));
        batch.addAll(inForce.entries());
        prefaced = true;
        seeking = true;
      }
      while (position < end && batch.size() < LARGEST_BATCH) {
        LogEntry entry = entryAt(position++);
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
      for (long at = head; at < limit; at++) {
        formats.add(entryAt(at));
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

  /// The epoch and formats that hold at a place in the log.
  private static final class FormatsInForce {
    private final List<LogEntry> entries = new ArrayList<>(4);
    private @Nullable TrackId leader;

    void add(LogEntry entry) {
      switch (entry) {
        case EpochStarted _ -> {
          entries.clear();
          entries.add(entry);
          leader = null;
        }
        case TrackFormatChanged(TrackId track, _) -> {
          entries.add(entry);
          leader = leader == null ? track : SegmentBoundaryPolicy.leader(List.of(leader, track));
        }
        case EpochEnded _, StreamClosed _ -> {
          entries.clear();
          leader = null;
        }
        case LoggedFrame _ -> {}
      }
    }

    void become(FormatsInForce other) {
      entries.clear();
      entries.addAll(other.entries);
      leader = other.leader;
    }

    boolean canStartAt(LogEntry entry) {
      return entry instanceof LoggedFrame logged
          && logged.frame().keyframe()
          && logged.frame().track().equals(leader);
    }

    List<LogEntry> entries() {
      return entries;
    }
  }
}
