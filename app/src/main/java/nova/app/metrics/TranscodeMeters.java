package nova.app.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import nova.transcode.TranscodeMetrics;
import nova.transcode.WorkerSample;

/// Transcoding's metrics.
///
/// *Thread-safe.*
public final class TranscodeMeters implements TranscodeMetrics {
  private final MeterRegistry registry;
  private final AtomicInteger running = new AtomicInteger();
  private final Timer workerStart;
  private final CountersByReason restarts;
  private final CountersByReason failed;
  private final CountersByReason refused;
  private final ConcurrentMap<String, Counter> steps = new ConcurrentHashMap<>();
  private final Timer lag;
  private final Timer busy;
  private final Counter dropped;

  public TranscodeMeters(Metrics metrics) {
    this.registry = metrics.registry();
    Gauge.builder("nova.transcode.running", running, AtomicInteger::get)
        .description("Streams being encoded.")
        .strongReference(true)
        .register(registry);
    this.workerStart =
        Timer.builder("nova.transcode.worker.start")
            .description("From a worker's start until it is ready.")
            .register(registry);
    this.restarts =
        new CountersByReason(
            registry, "nova.transcode.worker.restarts", "Workers that failed and were replaced.");
    this.failed =
        new CountersByReason(
            registry, "nova.transcode.failed", "Streams whose rungs were given up.");
    this.refused =
        new CountersByReason(
            registry, "nova.transcode.refused", "Streams that could have had rungs and got none.");
    this.lag =
        Timer.builder("nova.transcode.lag")
            .description("Longest delay of a rung's frame after its source's, of each second.")
            .serviceLevelObjectives(
                Duration.ofMillis(50),
                Duration.ofMillis(100),
                Duration.ofMillis(200),
                Duration.ofMillis(500),
                Duration.ofSeconds(1),
                Duration.ofSeconds(3))
            .register(registry);
    this.busy =
        Timer.builder("nova.transcode.busy")
            .description("How long the slowest part of a worker worked, of each second.")
            .serviceLevelObjectives(
                Duration.ofMillis(250),
                Duration.ofMillis(500),
                Duration.ofMillis(750),
                Duration.ofMillis(900))
            .register(registry);
    this.dropped =
        Counter.builder("nova.transcode.frames.dropped")
            .description("Frames of a source that no picture came of.")
            .register(registry);
  }

  @Override
  public void running(int transcodes) {
    running.set(transcodes);
  }

  @Override
  public void workerStarted(Duration start) {
    workerStart.record(start);
  }

  @Override
  public void workerRestarted(String reason) {
    restarts.increment(reason, 1);
  }

  @Override
  public void rungsFailed(String reason) {
    failed.increment(reason, 1);
  }

  @Override
  public void refused(String reason) {
    refused.increment(reason, 1);
  }

  @Override
  public void adapted(String step, boolean down) {
    steps.computeIfAbsent((down ? "down " : "up ") + step, _ -> counter(step, down)).increment();
  }

  private Counter counter(String step, boolean down) {
    return Counter.builder("nova.transcode.adaptations")
        .description("Steps by which encoding did less, or more again.")
        .tag("step", step)
        .tag("direction", down ? "down" : "up")
        .register(registry);
  }

  @Override
  public void progress(WorkerSample sample) {
    lag.record(sample.lag());
    busy.record(Duration.ofMillis(Math.round(1_000 * sample.busyShare())));
  }

  @Override
  public void framesDropped(long frames) {
    dropped.increment((double) frames);
  }
}
