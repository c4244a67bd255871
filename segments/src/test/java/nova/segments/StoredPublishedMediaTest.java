package nova.segments;

import java.util.List;
import nova.core.Bytes;
import nova.core.Epoch;

/// [InMemorySegmentStore] as what a process published itself.
class StoredPublishedMediaTest extends PublishedMediaContract {
  private final SegmentStore segments = new InMemorySegmentStore(SegmentStoreConfig.defaults());

  @Override
  protected void publishInit(Epoch epoch, Bytes init) {
    segments.putInit(STREAM, SOURCE, epoch, init);
  }

  @Override
  protected void publish(SegmentKey key, List<Bytes> parts, boolean complete) {
    for (int part = 0; part < parts.size(); part++) {
      segments.putPart(key, part, parts.get(part));
    }
    if (complete) {
      segments.completeSegment(key);
    }
  }

  @Override
  protected PublishedMedia published() {
    return segments;
  }
}
