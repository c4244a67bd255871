package nova.app.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import nova.core.RenditionId;
import nova.packager.PackagerMetrics;

/// The packager's metrics.
///
/// *Thread-safe.*
public final class PackagerMeters implements PackagerMetrics {
  private final MeterRegistry registry;
  private final CountersByReason dropped;
  private final Counter failed;
  private final Counter inherited;
  private final ConcurrentMap<RenditionId, Meters> renditions = new ConcurrentHashMap<>();

  private record Meters(
      Timer partDelay,
      Timer partDuration,
      Counter partBytes,
      Timer segmentDuration,
      Counter segmentBytes) {}

  /// Registers what is not per rendition.
  public PackagerMeters(Metrics metrics) {
    this.registry = metrics.registry();
    this.dropped =
        new CountersByReason(registry, "nova.packager.frames.dropped", "Frames in no segment.");
    this.failed =
        Counter.builder("nova.packager.streams.failed")
            .description("Streams the packager gave up on.")
            .register(registry);
    this.inherited =
        Counter.builder("nova.packager.streams.inherited")
            .description("Streams of other processes that were gone on with.")
            .register(registry);
  }

  @Override
  public void partPublished(
      RenditionId rendition, Duration media, Duration sinceArrival, int bytes) {
    Meters meters = of(rendition);
    meters.partDelay.record(sinceArrival);
    meters.partDuration.record(media);
    meters.partBytes.increment(bytes);
  }

  @Override
  public void segmentCompleted(RenditionId rendition, Duration media, long bytes) {
    Meters meters = of(rendition);
    meters.segmentDuration.record(media);
    meters.segmentBytes.increment((double) bytes);
  }

  @Override
  public void framesDropped(String reason, long count) {
    dropped.increment(reason, (double) count);
  }

  @Override
  public void streamFailed() {
    failed.increment();
  }

  @Override
  public void rungMisaligned(RenditionId rendition) {
    count(
        "nova.packager.rungs.misaligned",
        "Segments of a rung that do not begin where the source's do; viewers get gaps.",
        rendition);
  }

  @Override
  public void rungFailed(RenditionId rendition) {
    count("nova.packager.rungs.failed", "Rungs the packager gave up on.", rendition);
  }

  @Override
  public void streamInherited() {
    inherited.increment();
  }

  @Override
  public void mediaDiffers(RenditionId rendition) {
    count(
        "nova.packager.media.differs",
        "Parts published by another process that come out of the log otherwise; they stay.",
        rendition);
  }

  private void count(String name, String help, RenditionId rendition) {
    Counter.builder(name)
        .description(help)
        .tag("rendition", rendition.value())
        .register(registry)
        .increment();
  }

  private Meters of(RenditionId rendition) {
    return renditions.computeIfAbsent(rendition, this::register);
  }

  private Meters register(RenditionId rendition) {
    return new Meters(
        timer(
            rendition,
            "nova.packager.part.delay",
            "From the arrival of the frame that completes a part until viewers can have it.",
            1,
            5,
            10,
            30,
            100,
            400),
        timer(rendition, "nova.packager.part.duration", "Media in a part.", 250, 284, 334, 1000),
        bytes(rendition, "nova.packager.part", "Bytes published as parts."),
        timer(
            rendition,
            "nova.packager.segment.duration",
            "Media in a segment.",
            1000,
            2000,
            3000,
            4000),
        bytes(rendition, "nova.packager.segment", "Bytes of complete segments."));
  }

  private Timer timer(RenditionId rendition, String name, String help, long... bucketsMs) {
    Duration[] buckets = new Duration[bucketsMs.length];
    for (int i = 0; i < buckets.length; i++) {
      buckets[i] = Duration.ofMillis(bucketsMs[i]);
    }
    return Timer.builder(name)
        .description(help)
        .tag("rendition", rendition.value())
        .serviceLevelObjectives(buckets)
        .register(registry);
  }

  private Counter bytes(RenditionId rendition, String name, String help) {
    return Counter.builder(name)
        .description(help)
        .baseUnit("bytes")
        .tag("rendition", rendition.value())
        .register(registry);
  }
}
