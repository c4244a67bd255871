package nova.segments;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import nova.core.Bytes;
import nova.core.Epoch;
import nova.core.RenditionId;
import nova.core.StreamId;
import org.jspecify.annotations.Nullable;

/// [SegmentStore] in memory. Lookups are a few hash probes without a lock; changes, which come a
/// few times a second per stream, share one lock.
///
/// Segments beyond the caps go in the order in which they were completed: first those of a stream
/// above its own cap, then the oldest of all streams. An open segment is never dropped, so a stream
/// may exceed its cap by one segment.
///
/// *Thread-safe.*
public final class InMemorySegmentStore implements SegmentStore {
  private final SegmentStoreConfig config;
  private final ConcurrentMap<StreamId, StreamShelf> streams = new ConcurrentHashMap<>();

  private final Deque<StoredSegment> oldestFirst = new ArrayDeque<>(); // guarded by `this`
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong evictedSegments = new AtomicLong();
  private final AtomicLong evictedBytes = new AtomicLong();

  public InMemorySegmentStore(SegmentStoreConfig config) {
    this.config = config;
  }

  @Override
  public synchronized boolean putInit(
      StreamId stream, RenditionId rendition, Epoch epoch, Bytes init) {
    StreamShelf shelf = shelf(stream);
    if (shelf.rendition(rendition).inits.putIfAbsent(epoch, init) != null) {
      return false;
    }
    grow(shelf, init.length());
    return true;
  }

  @Override
  public synchronized boolean putPart(SegmentKey key, int part, Bytes chunk) {
    StreamShelf shelf = shelf(key.stream());
    RenditionShelf rendition = shelf.rendition(key.rendition());
    StoredSegment segment = rendition.open(shelf, key);
    if (segment == null || part < segment.parts.length || segment.whole.isPresent()) {
      return false;
    }
    segment.add(part, chunk);
    grow(shelf, chunk.length());
    return true;
  }

  @Override
  public synchronized boolean completeSegment(SegmentKey key) {
    StoredSegment segment = find(key);
    if (segment == null || segment.whole.isPresent()) {
      return false;
    }
    segment.whole = Optional.of(List.of(segment.parts));
    segment.shelf.oldestFirst.addLast(segment);
    oldestFirst.addLast(segment);
    evict(segment.shelf);
    return true;
  }

  @Override
  public Optional<Bytes> init(StreamId stream, RenditionId rendition, Epoch epoch) {
    RenditionShelf shelf = findRendition(stream, rendition);
    return shelf == null ? Optional.empty() : Optional.ofNullable(shelf.inits.get(epoch));
  }

  @Override
  public Optional<Bytes> part(SegmentKey key, int part) {
    StoredSegment segment = find(key);
    if (segment == null) {
      return Optional.empty();
    }
    Bytes[] parts = segment.parts;
    return part >= 0 && part < parts.length ? Optional.of(parts[part]) : Optional.empty();
  }

  @Override
  public Optional<List<Bytes>> segment(SegmentKey key) {
    StoredSegment segment = find(key);
    return segment == null ? Optional.empty() : segment.whole;
  }

  @Override
  public Optional<Long> oldestSegment(StreamId stream, RenditionId rendition) {
    RenditionShelf shelf = findRendition(stream, rendition);
    return shelf == null ? Optional.empty() : shelf.oldest();
  }

  @Override
  public synchronized void removeSegmentsBefore(
      StreamId stream, RenditionId rendition, long number) {
    RenditionShelf shelf = findRendition(stream, rendition);
    if (shelf != null) {
      for (StoredSegment segment : shelf.before(number)) {
        remove(segment);
      }
      shelf.floor = Math.max(shelf.floor, number);
    }
  }

  @Override
  public synchronized void removeStream(StreamId stream) {
    StreamShelf shelf = streams.remove(stream);
    if (shelf != null) {
      bytes.addAndGet(-shelf.bytes);
      oldestFirst.removeAll(shelf.oldestFirst);
    }
  }

  @Override
  public long sizeBytes() {
    return bytes.get();
  }

  /// Segments dropped so far because a cap was reached.
  public long evictedSegments() {
    return evictedSegments.get();
  }

  /// Bytes dropped so far because a cap was reached.
  public long evictedBytes() {
    return evictedBytes.get();
  }

  private void grow(StreamShelf shelf, long by) {
    shelf.bytes += by;
    bytes.addAndGet(by);
    evict(shelf);
  }

  private void evict(StreamShelf shelf) {
    while (shelf.bytes > config.memoryPerStream().bytes() && !shelf.oldestFirst.isEmpty()) {
      evict(shelf.oldestFirst.getFirst());
    }
    while (bytes.get() > config.memory().bytes() && !oldestFirst.isEmpty()) {
      evict(oldestFirst.getFirst());
    }
  }

  private void evict(StoredSegment segment) {
    evictedSegments.incrementAndGet();
    evictedBytes.addAndGet(segment.sizeBytes());
    remove(segment);
  }

  private void remove(StoredSegment segment) {
    StreamShelf shelf = segment.shelf;
    long freed = segment.sizeBytes() + segment.rendition.remove(segment);
    shelf.bytes -= freed;
    bytes.addAndGet(-freed);
    // The oldest segments go first, so this finds its element at the front.
    shelf.oldestFirst.remove(segment);
    oldestFirst.remove(segment);
  }

  private StreamShelf shelf(StreamId stream) {
    return streams.computeIfAbsent(stream, _ -> new StreamShelf());
  }

  private @Nullable RenditionShelf findRendition(StreamId stream, RenditionId rendition) {
    StreamShelf shelf = streams.get(stream);
    return shelf == null ? null : shelf.renditions.get(rendition);
  }

  private @Nullable StoredSegment find(SegmentKey key) {
    RenditionShelf shelf = findRendition(key.stream(), key.rendition());
    StoredSegment segment = shelf == null ? null : shelf.segments.get(key.number());
    return segment != null && segment.epoch.equals(key.epoch()) ? segment : null;
  }

  /// What is stored of one stream.
  private static final class StreamShelf {
    final ConcurrentMap<RenditionId, RenditionShelf> renditions = new ConcurrentHashMap<>();
    final Deque<StoredSegment> oldestFirst = new ArrayDeque<>();
    long bytes;

    RenditionShelf rendition(RenditionId id) {
      return renditions.computeIfAbsent(id, _ -> new RenditionShelf());
    }
  }

  /// What is stored of one rendition.
  private static final class RenditionShelf {
    final ConcurrentMap<Epoch, Bytes> inits = new ConcurrentHashMap<>();
    final ConcurrentMap<Long, StoredSegment> segments = new ConcurrentHashMap<>();
    long floor; // numbers below were removed and never come back

    @Nullable StoredSegment open(StreamShelf shelf, SegmentKey key) {
      if (key.number() < floor) {
        return null;
      }
      StoredSegment segment =
          segments.computeIfAbsent(
              key.number(), _ -> new StoredSegment(shelf, this, key.number(), key.epoch()));
      return segment.epoch.equals(key.epoch()) ? segment : null;
    }

    Optional<Long> oldest() {
      return segments.keySet().stream().min(Long::compare);
    }

    List<StoredSegment> before(long number) {
      return segments.values().stream().filter(s -> s.number < number).toList();
    }

    /// Removes a segment, and initialization sections that nothing needs any more.
    ///
    /// @return the bytes of those sections
    long remove(StoredSegment segment) {
      segments.remove(segment.number);
      floor = Math.max(floor, segment.number + 1);
      Optional<Epoch> oldestEpoch =
          segments.values().stream().map(s -> s.epoch).min(Epoch::compareTo);
      long freed = 0;
      for (var init : inits.entrySet()) {
        if (oldestEpoch.isPresent() && init.getKey().compareTo(oldestEpoch.get()) < 0) {
          inits.remove(init.getKey());
          freed += init.getValue().length();
        }
      }
      return freed;
    }
  }

  /// One segment; readers see `parts` grow and then `whole` appear.
  private static final class StoredSegment {
    final StreamShelf shelf;
    final RenditionShelf rendition;
    final long number;
    final Epoch epoch;
    volatile Bytes[] parts = new Bytes[0]; // replaced, never written to
    volatile Optional<List<Bytes>> whole = Optional.empty();

    StoredSegment(StreamShelf shelf, RenditionShelf rendition, long number, Epoch epoch) {
      this.shelf = shelf;
      this.rendition = rendition;
      this.number = number;
      this.epoch = epoch;
    }

    void add(int part, Bytes chunk) {
      Bytes[] before = parts;
      if (part != before.length) {
        throw new IllegalArgumentException(
            "part %d of segment %d (expected: %d)".formatted(part, number, before.length));
      }
      Bytes[] after = new Bytes[part + 1];
      System.arraycopy(before, 0, after, 0, part);
      after[part] = chunk;
      parts = after;
    }

    long sizeBytes() {
      long sum = 0;
      for (Bytes part : parts) {
        sum += part.length();
      }
      return sum;
    }
  }
}
