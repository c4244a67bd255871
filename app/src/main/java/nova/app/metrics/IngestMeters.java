package nova.app.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;
import nova.ingest.publish.IngestMetrics;

/// Ingest's metrics.
///
/// *Thread-safe.*
public final class IngestMeters implements IngestMetrics {
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger streams = new AtomicInteger();
  private final Counter opened;
  private final Counter started;
  private final Counter resumed;
  private final Counter received;
  private final Counter frames;
  private final Counter repaired;
  private final CountersByReason refused;
  private final CountersByReason dropped;

  /// Registers all meters.
  public IngestMeters(Metrics metrics) {
    MeterRegistry registry = metrics.registry();
    metrics.gauge(
        "nova.ingest.connections",
        "Connections of broadcasters now.",
        "connections",
        connections,
        AtomicInteger::get);
    metrics.gauge(
        "nova.ingest.streams",
        "Streams that are live or wait for their broadcaster now.",
        "streams",
        streams,
        AtomicInteger::get);
    opened = counter(registry, "nova.ingest.connections.opened", "Connections of broadcasters.");
    started = counter(registry, "nova.ingest.streams.started", "Streams that began.");
    resumed = counter(registry, "nova.ingest.streams.resumed", "Returns of a broadcaster.");
    received =
        Counter.builder("nova.ingest.received")
            .description("Bytes received from broadcasters.")
            .baseUnit("bytes")
            .register(registry);
    frames = counter(registry, "nova.ingest.frames", "Frames that entered the frame log.");
    repaired =
        counter(registry, "nova.ingest.timestamps.repaired", "Timestamps rebased or clamped.");
    refused =
        new CountersByReason(
            registry, "nova.ingest.refused", "Connections and broadcasts turned away.");
    dropped = new CountersByReason(registry, "nova.ingest.dropped", "Frames and messages dropped.");
  }

  @Override
  public void connectionOpened() {
    connections.incrementAndGet();
    opened.increment();
  }

  @Override
  public void connectionClosed() {
    connections.decrementAndGet();
  }

  @Override
  public void refused(String reason) {
    refused.increment(reason, 1);
  }

  @Override
  public void received(long bytes) {
    received.increment((double) bytes);
  }

  @Override
  public void streamStarted() {
    streams.incrementAndGet();
    started.increment();
  }

  @Override
  public void streamContinued() {
    streams.incrementAndGet();
  }

  @Override
  public void streamEnded() {
    streams.decrementAndGet();
  }

  @Override
  public void streamResumed() {
    resumed.increment();
  }

  @Override
  public void framesLogged(long count) {
    frames.increment((double) count);
  }

  @Override
  public void dropped(String reason) {
    dropped.increment(reason, 1);
  }

  @Override
  public void timestampRepaired() {
    repaired.increment();
  }

  private static Counter counter(MeterRegistry registry, String name, String help) {
    return Counter.builder(name).description(help).register(registry);
  }
}
