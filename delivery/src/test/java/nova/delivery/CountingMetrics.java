package nova.delivery;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// Counts what delivery tells, for assertions.
///
/// *Thread-safe.*
public final class CountingMetrics implements DeliveryMetrics {
  public final AtomicInteger held = new AtomicInteger();
  public final AtomicInteger failures = new AtomicInteger();

  /// Names of the threads that answered.
  public final Set<String> threads = ConcurrentHashMap.newKeySet();

  private final Map<String, AtomicInteger> counts = new ConcurrentHashMap<>();

  @Override
  public void answered(RequestKind kind, int status, long bodyBytes) {
    threads.add(Thread.currentThread().getName());
    add("answered " + kind + " " + status);
  }

  @Override
  public void holdStarted(RequestKind kind) {
    held.incrementAndGet();
  }

  @Override
  public void holdEnded(RequestKind kind, long heldNs) {
    held.decrementAndGet();
  }

  @Override
  public void refused(Refusal refusal) {
    add("refused " + refusal.reason());
  }

  @Override
  public void playlistRendered(RequestKind kind, int plainBytes, int gzipBytes) {
    add("rendered " + kind);
  }

  @Override
  public void viewerNotCounted() {
    add("viewer not counted");
  }

  @Override
  public void viewerEventDropped() {
    add("viewer event dropped");
  }

  @Override
  public void malformedCmcd() {
    add("malformed cmcd");
  }

  @Override
  public void failed(RequestKind kind) {
    failures.incrementAndGet();
  }

  public int count(String what) {
    AtomicInteger count = counts.get(what);
    return count == null ? 0 : count.get();
  }

  private void add(String what) {
    counts.computeIfAbsent(what, _ -> new AtomicInteger()).incrementAndGet();
  }
}
