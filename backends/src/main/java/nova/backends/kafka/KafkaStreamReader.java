package nova.backends.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import nova.backends.kafka.FrameConsumers.Range;
import nova.backends.kafka.FrameConsumers.Received;
import nova.backends.kafka.StreamIndex.Place;
import nova.core.NanoClock;
import nova.core.StreamId;
import nova.framelog.FrameLogReader;
import nova.framelog.LogCheckpoint;
import nova.framelog.LogEntry;
import nova.framelog.LogEntry.LoggedFrame;
import nova.framelog.LogPosition;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/// Reads one stream's entries from Kafka.
///
/// ```
/// waiting for the index ──▶ reading by itself ──near the end──▶ receiving from the follower
///                                  ▲                                       │
///                                  └────────── it holds too much ──────────┘
/// ```
///
/// A slow reader loses nothing but what Kafka's retention takes: it is sent away from the follower
/// and reads on at its own pace. Waiting costs nothing then, and memory no more than is set.
///
/// *Confined to its job's thread*, except [#close] and what the index tells it.
final class KafkaStreamReader implements FrameLogReader, StreamIndex.Watcher {
  private static final int LARGEST_BATCH = ReaderInbox.LARGEST_BATCH;
  private static final Duration SLICE = Duration.ofMillis(100);
  private static final Duration PATIENCE = Duration.ofSeconds(1);
  private static final long ENTRY_OVERHEAD = 200;
  private static final long NO_LIMIT = Long.MAX_VALUE;

  private final StreamId stream;
  private final LogPosition from;
  private final Ports ports;
  private final long readAheadBytes;
  private final ReaderInbox inbox;
  private final StreamCursor cursor;
  private final List<LogEntry> ready = new ArrayList<>();
  private int tested; // of them whether they are worth waking for
  private long readyCost;
  private volatile long held;
  private boolean positioned;
  private boolean failed; // the last attempt to read by itself
  private @Nullable Range range; // while it reads by itself
  private long nextOffset; // of the first record that the cursor did not get
  private int partition = -1;
  private @Nullable FollowedPartition followed; // since it is interested in that
  private boolean joined;
  private long joinedAt; // what comes from there on is in the inbox

  /// What readers of a log share.
  interface Ports {
    StreamIndex index();

    FrameConsumers consumers();

    FrameFollower follower();

    KafkaMetrics metrics();

    NanoClock clock();

    /// The reader is closed or ended.
    void gone(KafkaStreamReader reader);
  }

  KafkaStreamReader(StreamId stream, LogPosition from, long readAheadBytes, Ports ports) {
    this.stream = stream;
    this.from = from;
    this.ports = ports;
    this.readAheadBytes = readAheadBytes;
    this.inbox = new ReaderInbox(readAheadBytes, ports.metrics(), ports.clock());
    this.cursor =
        new StreamCursor(
            new StreamCursor.Output() {
              @Override
              public void begin(LogCheckpoint checkpoint) {
                checkpoint.inForce().forEach(KafkaStreamReader.this::ready);
              }

              @Override
              public void entry(LogEntry entry) {
                ready(entry);
              }
            },
            ports.metrics());
    ports.index().watch(stream, this);
  }

  @Override
  public List<LogEntry> read(Duration timeout, Predicate<? super LogEntry> worthWaking)
      throws InterruptedException {
    if (!inbox.enter(worthWaking)) {
      return List.of();
    }
    tested = 0;
    try {
      long now = ports.clock().nanoTime();
      long deadline = now + timeout.toNanos();
      // What the log has already is worth a moment, also for who does not want to wait.
      long patience = now + Math.max(timeout.toNanos(), PATIENCE.toNanos());
      while (!inbox.isOver()) {
        boolean more = advance(patience);
        boolean late = isOver(more ? patience : deadline);
        if (late || worthReturning(worthWaking)) {
          return takeReady();
        }
        if (range == null && !failed) { // otherwise polling waits, or is to be tried again
          inbox.await(deadline);
        }
      }
      return List.of();
    } finally {
      if (inbox.exit()) {
        release();
      }
    }
  }

  /// Moves on as far as there is something.
  ///
  /// @return whether the log is known to have more
  private boolean advance(long deadline) throws InterruptedException {
    failed = false;
    try {
      if (!positioned) {
        position();
      }
      if (range != null) {
        readByItself(range, slice(deadline));
      }
      if (positioned && range == null) {
        takeInbox();
      }
      return range != null && !range.isAtEnd();
    } catch (InterruptException e) {
      boolean _ = Thread.interrupted();
      throw (InterruptedException) new InterruptedException(e.getMessage()).initCause(e);
    } catch (KafkaException e) {
      failed = true; // whether Kafka answers is watched elsewhere
      Thread.sleep(slice(deadline)); // as long as it would have waited for records
      return false;
    } finally {
      held = readyCost + cursor.heldBytes();
    }
  }

  private void position() {
    Optional<Place> found = ports.index().find(stream, from);
    if (found.isPresent()) {
      Place place = found.get();
      open(place.partition(), place.offset());
      if (place.isHead()) {
        cursor.seekHead();
      } else {
        cursor.beginAtOrigin();
      }
      positioned = true;
    }
  }

  private void open(int number, long offset) {
    range = ports.consumers().open(number, offset);
    nextOffset = offset;
    if (followed == null) {
      partition = number;
      followed = ports.follower().follow(number);
    }
  }

  private void readByItself(Range from, Duration timeout) throws InterruptedException {
    if (ready.size() >= LARGEST_BATCH) {
      return;
    }
    long limit = joined ? joinedAt : NO_LIMIT;
    try {
      for (Received received : from.poll(stream, limit, timeout)) {
        cursor.accept(received.record());
      }
      nextOffset = Math.min(from.position(), limit);
    } catch (OffsetOutOfRangeException e) {
      overtaken(from);
    }
    if (!joined) {
      join();
    }
    if (joined && nextOffset >= joinedAt) {
      range = null;
      from.close();
    }
  }

  /// Retention took what comes next, or, if that is ahead of the log, somebody made the topic anew.
  private void overtaken(Range from) {
    long beginning = from.beginning();
    long target =
        beginning > nextOffset
            ? ports.index().findFrom(stream, beginning).map(Place::offset).orElse(beginning)
            : from.end();
    from.seek(target);
    nextOffset = target;
    cursor.seekHead();
  }

  private void join() {
    FollowedPartition end = followed;
    if (end == null) {
      return;
    }
    inbox.reset();
    OptionalLong first = end.join(stream, nextOffset, inbox);
    joined = first.isPresent();
    joinedAt = first.orElse(NO_LIMIT);
  }

  private void takeInbox() {
    ReaderInbox.Taken taken = inbox.take();
    for (Received received : taken.records()) {
      if (received.offset() >= nextOffset) {
        cursor.accept(received.record());
        nextOffset = received.offset() + 1;
      }
    }
    if (taken.goesOnAt() != ReaderInbox.NOT_DETACHED) {
      joined = false;
      open(partition, Math.max(nextOffset, taken.goesOnAt()));
    }
  }

  private void ready(LogEntry entry) {
    ready.add(entry);
    readyCost += cost(entry);
  }

  private boolean worthReturning(Predicate<? super LogEntry> worthWaking) {
    if (range != null || ready.size() >= LARGEST_BATCH || 2 * readyCost > readAheadBytes) {
      return !ready.isEmpty();
    }
    for (; tested < ready.size(); tested++) {
      if (worthWaking.test(ready.get(tested))) {
        return true;
      }
    }
    return false;
  }

  private List<LogEntry> takeReady() {
    int count = Math.min(ready.size(), LARGEST_BATCH);
    List<LogEntry> batch = new ArrayList<>(ready.subList(0, count));
    ready.subList(0, count).clear();
    batch.forEach(entry -> readyCost -= cost(entry));
    held = readyCost + cursor.heldBytes();
    return batch;
  }

  @Override
  public void opened() {
    inbox.wakeUp();
  }

  @Override
  public void removed() {
    inbox.remove();
  }

  @Override
  public boolean ended() {
    return inbox.isOver();
  }

  @Override
  public long skippedEntries() {
    return cursor.skipped();
  }

  /// Bytes held for the reader.
  long sizeBytes() {
    return inbox.bytes(held);
  }

  @Override
  public void close() {
    if (inbox.close()) {
      release();
    }
  }

  /// Gives back what it has of others; on the reader's thread, or when nobody reads.
  private void release() {
    if (!inbox.release()) {
      return;
    }
    ready.clear();
    Range open = range;
    range = null;
    if (open != null) {
      open.close();
    }
    if (followed != null) {
      followed.leave(stream, inbox);
      ports.follower().leave(partition);
    }
    ports.index().unwatch(stream, this);
    ports.gone(this);
  }

  private boolean isOver(long deadline) {
    return deadline - ports.clock().nanoTime() <= 0;
  }

  private Duration slice(long deadline) {
    long remainingNs = Math.max(0, deadline - ports.clock().nanoTime());
    return remainingNs < SLICE.toNanos() ? Duration.ofNanos(remainingNs) : SLICE;
  }

  private static long cost(LogEntry entry) {
    return ENTRY_OVERHEAD
        + (entry instanceof LoggedFrame logged ? logged.frame().payload().length() : 0);
  }
}
