package nova.app.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import nova.transcode.poster.PosterMetrics;

/// The metrics of posters.
///
/// *Thread-safe.*
public final class PosterMeters implements PosterMetrics {
  private final Timer taken;
  private final Counter bytes;
  private final CountersByReason failed;

  /// Registers them.
  public PosterMeters(Metrics metrics) {
    MeterRegistry registry = metrics.registry();
    this.taken =
        Timer.builder("nova.posters.taken")
            .description("From giving the worker a keyframe to having its poster.")
            .register(registry);
    this.bytes =
        Counter.builder("nova.posters.taken.bytes")
            .description("Bytes of posters made.")
            .baseUnit("bytes")
            .register(registry);
    this.failed =
        new CountersByReason(registry, "nova.posters.failed", "Keyframes no poster came of.");
  }

  @Override
  public void taken(int sizeBytes, long tookNs) {
    taken.record(tookNs, TimeUnit.NANOSECONDS);
    bytes.increment(sizeBytes);
  }

  @Override
  public void failed(String reason) {
    failed.increment(reason, 1);
  }
}
