package nova.packager;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
import nova.core.RenditionId;

/// Counts what tests ask for.
///
/// *Thread-safe.*
final class CountingPackagerMetrics implements PackagerMetrics {
  private final ConcurrentMap<String, LongAdder> counts = new ConcurrentHashMap<>();

  /// Frames dropped for a reason, or `misaligned 480p`, `failed 480p`.
  long count(String what) {
    LongAdder adder = counts.get(what);
    return adder == null ? 0 : adder.sum();
  }

  @Override
  public void partPublished(
      RenditionId rendition, Duration media, Duration sinceArrival, int bytes) {
    add("part " + rendition, 1);
  }

  @Override
  public void segmentCompleted(RenditionId rendition, Duration media, long bytes) {
    add("segment " + rendition, 1);
  }

  @Override
  public void framesDropped(String reason, long count) {
    add(reason, count);
  }

  @Override
  public void streamFailed() {
    add("stream failed", 1);
  }

  @Override
  public void rungMisaligned(RenditionId rendition) {
    add("misaligned " + rendition, 1);
  }

  @Override
  public void rungFailed(RenditionId rendition) {
    add("failed " + rendition, 1);
  }

  @Override
  public void streamInherited() {
    add("inherited", 1);
  }

  @Override
  public void mediaDiffers(RenditionId rendition) {
    add("differs " + rendition, 1);
  }

  private void add(String what, long count) {
    counts.computeIfAbsent(what, _ -> new LongAdder()).add(count);
  }
}
