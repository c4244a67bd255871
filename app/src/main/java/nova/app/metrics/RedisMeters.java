package nova.app.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import nova.backends.redis.RedisMetrics;

/// The metrics of what goes through Redis.
///
/// *Thread-safe.*
public final class RedisMeters implements RedisMetrics {
  private final CountersByReason failed;
  private final CountersByReason malformed;
  private final Counter keyCacheBypassed;
  private final Counter published;
  private final Counter republished;
  private final Counter evicted;
  private final Counter fenced;
  private final Counter deltas;
  private final Counter timelines;
  private final Counter read;
  private final Timer readTime;

  /// Registers them.
  public RedisMeters(Metrics metrics) {
    MeterRegistry registry = metrics.registry();
    this.failed = new CountersByReason(registry, "nova.redis.failed", "Commands that failed.");
    this.malformed =
        new CountersByReason(
            registry, "nova.redis.malformed", "Things in Redis that could not be read.");
    this.keyCacheBypassed =
        counter(
            registry,
            "nova.redis.keys.bypassed",
            "Stream keys looked up in the database because Redis could not be asked.");
    this.published = bytes(registry, "nova.redis.published", "Media put into Redis.");
    this.republished =
        counter(registry, "nova.redis.republished", "Windows of streams that were put again.");
    this.evicted =
        counter(
            registry,
            "nova.redis.evicted",
            "Segments removed, or not put again, as their stream had too much media.");
    this.fenced =
        counter(
            registry, "nova.redis.fenced", "Writes refused as another node carries the stream.");
    this.deltas =
        counter(registry, "nova.redis.timeline.deltas", "Changes of timelines known by a notice.");
    this.timelines = counter(registry, "nova.redis.timeline.reads", "Timelines read as a whole.");
    this.read = bytes(registry, "nova.redis.read", "Media read from Redis.");
    this.readTime =
        Timer.builder("nova.redis.read.time")
            .description("From asking Redis for media to having it.")
            .register(registry);
  }

  private static Counter counter(MeterRegistry registry, String name, String help) {
    return Counter.builder(name).description(help).register(registry);
  }

  private static Counter bytes(MeterRegistry registry, String name, String help) {
    return Counter.builder(name).description(help).baseUnit("bytes").register(registry);
  }

  @Override
  public void failed(String what) {
    failed.increment(what, 1);
  }

  @Override
  public void malformed(String reason) {
    malformed.increment(reason, 1);
  }

  @Override
  public void keyCacheBypassed() {
    keyCacheBypassed.increment();
  }

  @Override
  public void published(long bytes) {
    published.increment((double) bytes);
  }

  @Override
  public void republished() {
    republished.increment();
  }

  @Override
  public void evicted() {
    evicted.increment();
  }

  @Override
  public void fenced() {
    fenced.increment();
  }

  @Override
  public void deltaApplied() {
    deltas.increment();
  }

  @Override
  public void timelineRead() {
    timelines.increment();
  }

  @Override
  public void mediaRead(long bytes, long nanos) {
    read.increment((double) bytes);
    readTime.record(nanos, TimeUnit.NANOSECONDS);
  }
}
