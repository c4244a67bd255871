package nova.app;

import nova.app.metrics.Metrics;
import nova.segments.InMemorySegmentStore;

/// Watches over the memory of segments, which lies outside the Java heap.
final class SegmentMemory {
  private SegmentMemory() {}

  /// Measures it, and has that of segments freed that left the store.
  static void watch(Foundation foundation, InMemorySegmentStore segments) {
    Metrics metrics = foundation.metrics();
    metrics.gauge(
        "nova.segments.size",
        "Segments kept in memory.",
        "bytes",
        segments,
        InMemorySegmentStore::sizeBytes);
    metrics.count(
        "nova.segments.evicted",
        "Bytes dropped because the store was full.",
        "bytes",
        segments,
        InMemorySegmentStore::evictedBytes);
    SegmentReclaimer _ =
        foundation
            .lifecycle()
            .own("segment reclaimer", SegmentReclaimer.start(segments::sizeBytes));
  }
}
