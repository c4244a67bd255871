package nova.app.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import nova.backends.kafka.KafkaMetrics;

/// The metrics of what goes through Kafka.
///
/// *Thread-safe.*
public final class KafkaMeters implements KafkaMetrics {
  private final Counter written;
  private final Timer writeTime;
  private final CountersByReason failed;
  private final CountersByReason skipped;
  private final Counter behind;
  private final CountersByReason eventsDropped;
  private final CountersByReason eventsSkipped;

  /// Registers them.
  public KafkaMeters(Metrics metrics) {
    MeterRegistry registry = metrics.registry();
    this.written =
        Counter.builder("nova.kafka.written")
            .description("Frames that Kafka has.")
            .baseUnit("bytes")
            .register(registry);
    this.writeTime =
        Timer.builder("nova.kafka.write.time")
            .description("From handing a frame to Kafka's client until all replicas have it.")
            .register(registry);
    this.failed =
        new CountersByReason(
            registry, "nova.kafka.writers.failed", "Writers that gave up their broadcaster.");
    this.skipped =
        new CountersByReason(
            registry, "nova.kafka.records.skipped", "Records of frames that were left out.");
    this.behind =
        Counter.builder("nova.kafka.readers.behind")
            .description("Times a reader held all it may and read again from Kafka.")
            .register(registry);
    this.eventsDropped =
        new CountersByReason(
            registry, "nova.kafka.events.dropped", "Events that do not reach other processes.");
    this.eventsSkipped =
        new CountersByReason(
            registry, "nova.kafka.events.skipped", "Events of others that were left out.");
  }

  @Override
  public void recordWritten(int bytes, Duration took) {
    written.increment(bytes);
    writeTime.record(took);
  }

  @Override
  public void writerFailed(String reason) {
    failed.increment(reason, 1);
  }

  @Override
  public void recordsSkipped(String reason, long count) {
    skipped.increment(reason, (double) count);
  }

  @Override
  public void readerFellBehind() {
    behind.increment();
  }

  @Override
  public void eventDropped(String reason) {
    eventsDropped.increment(reason, 1);
  }

  @Override
  public void eventSkipped(String reason) {
    eventsSkipped.increment(reason, 1);
  }
}
