package nova.backends.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import nova.backends.kafka.IndexRecord.Announced;
import nova.backends.kafka.IndexRecord.Keyframe;
import nova.backends.kafka.IndexRecord.Opened;
import nova.backends.kafka.IndexRecord.Removed;
import nova.core.StreamId;
import nova.framelog.LogPosition;

/// Where in the topic of frames each stream begins and has keyframes: the topic
/// `stream-frames-index`, read from its beginning and followed.
///
/// Everybody reads the same records in the same order, so everybody who has read as far knows the
/// same. A keyframe counts when it was indexed before a later writer was announced: then no fence
/// of a later writer stands before it in the log, and who begins there reads what all others read.
///
/// *Thread-safe.*
final class StreamIndex {
  private final long process;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition advanced = lock.newCondition();
  private final Map<StreamId, Entry> streams = new HashMap<>();
  private final Map<StreamId, List<Watcher>> watchers = new HashMap<>();
  private long position; // of the next record
  private boolean loaded;

  /// @param process a number that no other process has
  StreamIndex(long process) {
    this.process = process;
  }

  /// A place in the topic of frames.
  ///
  /// @param isHead whether a [FrameRecord.Head] is there; otherwise a stream's first fence
  record Place(int partition, long offset, boolean isHead) {}

  /// Is told what becomes of a stream. Called on the thread that follows Kafka; must be quick.
  interface Watcher {
    /// A writer was announced.
    ///
    /// @param writer its number
    default void announced(long writer) {}

    /// A writer began, or it is known now whether and where one did.
    default void opened() {}

    /// The log was removed.
    default void removed() {}
  }

  /// Takes the next record.
  void apply(long offset, StreamId stream, IndexRecord record) {
    List<Watcher> told = List.of();
    lock.lock();
    try {
      Entry entry = streams.computeIfAbsent(stream, _ -> new Entry());
      entry.newestRecord = offset;
      boolean news = entry.apply(offset, record);
      position = offset + 1;
      advanced.signalAll();
      if (news) {
        told = List.copyOf(watchers.getOrDefault(stream, List.of()));
      }
    } finally {
      lock.unlock();
    }
    for (Watcher watcher : told) {
      switch (record) {
        case Announced _ -> watcher.announced(offset);
        case Opened _, Keyframe _ -> watcher.opened();
        case Removed _ -> watcher.removed();
      }
    }
  }

  /// Offset of the next record.
  long position() {
    lock.lock();
    try {
      return position;
    } finally {
      lock.unlock();
    }
  }

  /// All records before that offset were taken.
  void reached(long next) {
    lock.lock();
    try {
      position = Math.max(position, next);
      advanced.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// The records before that offset are not to be had, or it is behind what was read because
  /// somebody made the topic anew.
  void goesOnAt(long offset) {
    lock.lock();
    try {
      position = offset;
      advanced.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// All records were taken that were there at the beginning.
  void loaded() {
    List<Watcher> told;
    lock.lock();
    try {
      loaded = true;
      advanced.signalAll();
      told = watchers.values().stream().flatMap(List::stream).toList();
    } finally {
      lock.unlock();
    }
    told.forEach(Watcher::opened);
  }

  /// Forgets the streams of which nothing was heard since that offset.
  void forgetBefore(long offset) {
    lock.lock();
    try {
      streams
          .entrySet()
          .removeIf(
              stream ->
                  stream.getValue().newestRecord < offset
                      && !watchers.containsKey(stream.getKey()));
    } finally {
      lock.unlock();
    }
  }

  /// Waits until the records at the beginning, and the one at `offset`, were taken.
  ///
  /// @return whether they were
  boolean await(long offset, Duration timeout) throws InterruptedException {
    long remainingNs = timeout.toNanos();
    lock.lockInterruptibly();
    try {
      while (!loaded || position <= offset) {
        if (remainingNs <= 0) {
          return false;
        }
        remainingNs = advanced.awaitNanos(remainingNs);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /// Whether that writer is the last that was announced, and its stream not removed since.
  boolean isLatest(StreamId stream, long writer) {
    lock.lock();
    try {
      Entry entry = streams.get(stream);
      return entry != null && entry.latest == writer && entry.removedAt < writer;
    } finally {
      lock.unlock();
    }
  }

  /// Where a reader begins; empty while no writer began.
  Optional<Place> find(StreamId stream, LogPosition from) {
    lock.lock();
    try {
      Entry entry = streams.get(stream);
      return loaded && entry != null ? entry.find(from) : Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  /// The first keyframe of a stream at or behind that offset.
  Optional<Place> findFrom(StreamId stream, long offset) {
    lock.lock();
    try {
      Entry entry = streams.get(stream);
      return entry == null ? Optional.empty() : entry.findFrom(offset);
    } finally {
      lock.unlock();
    }
  }

  void watch(StreamId stream, Watcher watcher) {
    lock.lock();
    try {
      watchers.computeIfAbsent(stream, _ -> new ArrayList<>(2)).add(watcher);
    } finally {
      lock.unlock();
    }
  }

  void unwatch(StreamId stream, Watcher watcher) {
    lock.lock();
    try {
      List<Watcher> left = watchers.get(stream);
      if (left != null && left.remove(watcher) && left.isEmpty()) {
        watchers.remove(stream);
      }
    } finally {
      lock.unlock();
    }
  }

  /// This process is about to say that the log is removed; tells its watchers now.
  void removing(StreamId stream) {
    List<Watcher> told;
    lock.lock();
    try {
      streams.computeIfAbsent(stream, _ -> new Entry()).removals++;
      told = List.copyOf(watchers.getOrDefault(stream, List.of()));
    } finally {
      lock.unlock();
    }
    told.forEach(Watcher::removed);
  }

  /// It could not be said.
  void removalFailed(StreamId stream) {
    lock.lock();
    try {
      Entry entry = streams.get(stream);
      if (entry != null && entry.removals > 0) {
        entry.removals--;
      }
    } finally {
      lock.unlock();
    }
  }

  /// What is known of one stream. Of one that is older than what the topic keeps, only later
  /// keyframes are.
  private final class Entry {
    long newestRecord;
    long latest = -1; // number of the last writer that was announced
    long removedAt = -1;
    int removals; // by this process, on their way
    private int partition = -1; // known since a writer began
    private long origin = -1; // offset of the first writer's fence
    private final KeyframeOffsets keyframes = new KeyframeOffsets();

    /// @return whether watchers should hear of it
    boolean apply(long offset, IndexRecord record) {
      return switch (record) {
        case Announced _ -> {
          latest = offset;
          yield true;
        }
        case Opened opened -> opened(opened);
        case Keyframe keyframe -> keyframe(keyframe);
        case Removed removed -> {
          removedAt = offset;
          forget();
          boolean own = removed.process() == process && removals > 0;
          removals -= own ? 1 : 0;
          yield !own; // watchers were told when it was said
        }
      };
    }

    private boolean opened(Opened opened) {
      if (opened.writer() < latest || opened.writer() < removedAt) {
        return false;
      }
      latest = opened.writer();
      if (partition < 0) {
        partition = opened.partition();
        origin = opened.offset();
      }
      return true;
    }

    private boolean keyframe(Keyframe keyframe) {
      if (keyframe.writer() < latest || keyframe.writer() < removedAt) {
        return false;
      }
      if (keyframe.writer() > latest) { // what announced it is not kept any more
        forget();
        latest = keyframe.writer();
      }
      boolean found = partition < 0; // what opened it is not kept, or was passed over
      if (found) {
        partition = keyframe.partition();
      }
      if (keyframe.partition() == partition
          && (keyframes.isEmpty() || keyframe.offset() > keyframes.last())) {
        keyframes.add(keyframe.offset(), keyframe.lastSegment());
      }
      return found;
    }

    private void forget() {
      partition = -1;
      origin = -1;
      keyframes.clear();
    }

    Optional<Place> find(LogPosition from) {
      if (partition < 0 || removals > 0) {
        return Optional.empty();
      }
      long keyframe =
          switch (from) {
            case LogPosition.Edge.EARLIEST -> -1;
            case LogPosition.Edge.LATEST_KEYFRAME -> keyframes.isEmpty() ? -1 : keyframes.last();
            case LogPosition.FromSegment(long segment) -> keyframes.before(segment);
          };
      if (keyframe >= 0) {
        return Optional.of(new Place(partition, keyframe, true));
      }
      return origin >= 0 ? Optional.of(new Place(partition, origin, false)) : findFrom(0);
    }

    Optional<Place> findFrom(long offset) {
      long keyframe = keyframes.from(offset);
      return keyframe < 0 ? Optional.empty() : Optional.of(new Place(partition, keyframe, true));
    }
  }
}
