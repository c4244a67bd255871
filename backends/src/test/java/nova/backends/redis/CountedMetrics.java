package nova.backends.redis;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// [RedisMetrics] for tests, by name: `failed` and `malformed` with what and why, such as
/// `malformed wrong-type`, and together.
///
/// *Thread-safe.*
final class CountedMetrics implements RedisMetrics {
  private final Map<String, Integer> counts = new ConcurrentHashMap<>();
  private volatile Runnable onPublished = () -> {};

  /// Does something whenever media went to Redis, before anybody else learns of it.
  void onPublished(Runnable step) {
    onPublished = step;
  }

  /// How often something was counted.
  int count(String name) {
    return counts.getOrDefault(name, 0);
  }

  private void add(String name) {
    counts.merge(name, 1, Integer::sum);
  }

  @Override
  public void failed(String what) {
    add("failed");
    add("failed " + what);
  }

  @Override
  public void malformed(String reason) {
    add("malformed");
    add("malformed " + reason);
  }

  @Override
  public void keyCacheBypassed() {
    add("key-cache-bypassed");
  }

  @Override
  public void published(long bytes) {
    onPublished.run();
  }

  @Override
  public void evicted() {
    add("evicted");
  }

  @Override
  public void deltaApplied() {
    add("delta-applied");
  }

  @Override
  public void timelineRead() {
    add("timeline-read");
  }
}
