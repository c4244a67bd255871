package nova.packager;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import nova.core.Bytes;
import nova.core.Epoch;
import nova.core.RenditionId;
import nova.core.StreamId;
import nova.segments.InMemorySegmentStore;
import nova.segments.SegmentKey;
import nova.segments.SegmentStore;

/// A store that there is no memory for, once.
///
/// *Thread-safe.*
final class FillingStore implements SegmentStore {
  static final String FULL = "Cannot reserve 65536 bytes of direct buffer memory";

  private final InMemorySegmentStore memory;
  private final AtomicReference<Predicate<SegmentKey>> full = new AtomicReference<>(_ -> false);

  FillingStore(InMemorySegmentStore memory) {
    this.memory = memory;
  }

  /// The next part of such a segment does not fit.
  void fillFor(Predicate<SegmentKey> segments) {
    full.set(segments);
  }

  @Override
  public boolean putPart(SegmentKey segment, int part, Bytes chunk) {
    Predicate<SegmentKey> filling = full.get();
    if (filling.test(segment) && full.compareAndSet(filling, _ -> false)) {
      throw new OutOfMemoryError(FULL);
    }
    return memory.putPart(segment, part, chunk);
  }

  @Override
  public boolean putInit(StreamId stream, RenditionId rendition, Epoch epoch, Bytes init) {
    return memory.putInit(stream, rendition, epoch, init);
  }

  @Override
  public boolean completeSegment(SegmentKey segment) {
    return memory.completeSegment(segment);
  }

  @Override
  public Optional<Bytes> init(StreamId stream, RenditionId rendition, Epoch epoch) {
    return memory.init(stream, rendition, epoch);
  }

  @Override
  public Optional<Bytes> part(SegmentKey segment, int part) {
    return memory.part(segment, part);
  }

  @Override
  public Optional<List<Bytes>> segment(SegmentKey segment) {
    return memory.segment(segment);
  }

  @Override
  public Optional<Long> oldestSegment(StreamId stream, RenditionId rendition) {
    return memory.oldestSegment(stream, rendition);
  }

  @Override
  public void removeSegmentsBefore(StreamId stream, RenditionId rendition, long number) {
    memory.removeSegmentsBefore(stream, rendition, number);
  }

  @Override
  public void removeStream(StreamId stream) {
    memory.removeStream(stream);
  }

  @Override
  public long sizeBytes() {
    return memory.sizeBytes();
  }
}
