package nova.app.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import nova.segments.DiskMetrics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The metrics of media on disk.
///
/// *Thread-safe.*
public final class DiskMeters implements DiskMetrics {
  private static final Logger log = LoggerFactory.getLogger(DiskMeters.class);

  private final Counter written;
  private final Counter failed;
  private final Counter refused;
  private final Counter timedOut;
  private final CountersByReason malformed;
  private final AtomicLong size = new AtomicLong();
  private final AtomicBoolean failing = new AtomicBoolean();

  /// Registers them.
  public DiskMeters(Metrics metrics) {
    MeterRegistry registry = metrics.registry();
    this.written =
        Counter.builder("nova.media.disk.written")
            .description("Media written to the folder.")
            .baseUnit("bytes")
            .register(registry);
    this.failed =
        Counter.builder("nova.media.disk.failed")
            .description("Times media could not be written to the folder.")
            .register(registry);
    this.refused =
        Counter.builder("nova.media.disk.refused")
            .description("Times media was not read from the folder, as too many reads waited.")
            .register(registry);
    this.timedOut =
        Counter.builder("nova.media.disk.timed.out")
            .description("Times media was not read from the folder, as that took too long.")
            .register(registry);
    this.malformed =
        new CountersByReason(
            registry, "nova.media.disk.malformed", "Files in the folder that could not be read.");
    Gauge.builder("nova.media.disk.size", size, AtomicLong::get)
        .description("Media in the folder, of all who write into it.")
        .baseUnit("bytes")
        .register(registry);
  }

  @Override
  public void written(long bytes) {
    written.increment((double) bytes);
    failing.set(false);
  }

  @Override
  public void size(long bytes) {
    size.set(bytes);
  }

  /// Tells the operator once, until writing succeeds again.
  @Override
  public void failed(Throwable why) {
    failed.increment();
    if (!failing.getAndSet(true)) {
      log.warn("media is not written to media.folder: {}", why.toString());
    }
  }

  @Override
  public void refused() {
    refused.increment();
  }

  @Override
  public void timedOut() {
    timedOut.increment();
  }

  @Override
  public void malformed(String reason) {
    malformed.increment(reason, 1);
  }
}
