package nova.app.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import nova.delivery.DeliveryMetrics;
import nova.delivery.Refusal;
import nova.delivery.RequestKind;
import org.jspecify.annotations.Nullable;

/// Delivery's metrics. Everything that can be counted is registered beforehand, so that a request
/// costs look-ups in small arrays and additions.
///
/// *Thread-safe.*
public final class DeliveryMeters implements DeliveryMetrics {
  private static final int STATUS_CLASSES = 5; // 1xx to 5xx

  private final Map<RequestKind, Meters> kinds = new EnumMap<>(RequestKind.class);
  private final Map<Refusal, Counter> refusals = new EnumMap<>(Refusal.class);

  /// What is counted per kind of request.
  ///
  /// @param answers by the first digit of the status, from 1xx
  private record Meters(
      List<Counter> answers,
      Counter bytes,
      AtomicInteger holding,
      Timer held,
      Counter renders,
      Counter failures) {}

  /// Registers all meters.
  public DeliveryMeters(Metrics metrics) {
    MeterRegistry registry = metrics.registry();
    for (RequestKind kind : RequestKind.values()) {
      kinds.put(kind, meters(registry, kind.name().toLowerCase(Locale.ROOT).replace('_', '-')));
    }
    for (Refusal refusal : Refusal.values()) {
      refusals.put(
          refusal,
          Counter.builder("nova.delivery.refused")
              .description("Requests refused or cut off.")
              .tag("reason", refusal.reason())
              .register(registry));
    }
  }

  @Override
  public void answered(RequestKind kind, int status, long bodyBytes) {
    Meters meters = of(kind);
    meters.answers.get(Math.clamp(status / 100 - 1, 0, STATUS_CLASSES - 1)).increment();
    meters.bytes.increment((double) bodyBytes);
  }

  @Override
  public void holdStarted(RequestKind kind) {
    of(kind).holding.incrementAndGet();
  }

  @Override
  public void holdEnded(RequestKind kind, long heldNs) {
    Meters meters = of(kind);
    meters.holding.decrementAndGet();
    meters.held.record(heldNs, TimeUnit.NANOSECONDS);
  }

  @Override
  public void refused(Refusal refusal) {
    Objects.requireNonNull(refusals.get(refusal)).increment();
  }

  @Override
  public void playlistRendered(RequestKind kind, int plainBytes, int gzipBytes) {
    of(kind).renders.increment();
  }

  @Override
  public void failed(RequestKind kind) {
    of(kind).failures.increment();
  }

  private Meters of(RequestKind kind) {
    return Objects.requireNonNull(kinds.get(kind));
  }

  private static Meters meters(MeterRegistry registry, String kind) {
    List<Counter> answers = new ArrayList<>();
    for (int digit = 1; digit <= STATUS_CLASSES; digit++) {
      answers.add(
          Counter.builder("nova.delivery.answers")
              .description("Answers to viewers.")
              .tag("kind", kind)
              .tag("status", digit + "xx")
              .register(registry));
    }
    AtomicInteger holding = new AtomicInteger();
    Gauge.builder("nova.delivery.holding", holding, AtomicInteger::get)
        .description("Requests that wait for media now.")
        .tag("kind", kind)
        .strongReference(true)
        .register(registry);
    Timer held =
        Timer.builder("nova.delivery.held")
            .description("How long requests waited for media.")
            .tag("kind", kind)
            .serviceLevelObjectives(
                Duration.ofMillis(100),
                Duration.ofMillis(334),
                Duration.ofSeconds(1),
                Duration.ofSeconds(4))
            .register(registry);
    return new Meters(
        List.copyOf(answers),
        counter(registry, "nova.delivery.sent", "Bytes of bodies sent to viewers.", "bytes", kind),
        holding,
        held,
        counter(registry, "nova.delivery.renders", "Playlist bodies rendered.", null, kind),
        counter(
            registry, "nova.delivery.failures", "Requests that failed by our fault.", null, kind));
  }

  private static Counter counter(
      MeterRegistry registry, String name, String help, @Nullable String unit, String kind) {
    return Counter.builder(name)
        .description(help)
        .baseUnit(unit)
        .tag("kind", kind)
        .register(registry);
  }
}
