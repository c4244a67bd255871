package nova.app.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import nova.delivery.DeliveryMetrics;
import nova.delivery.Refusal;
import nova.delivery.RequestKind;

/// Delivery's metrics. A series appears when what it counts happens first; from then on a request
/// costs look-ups in small arrays and additions.
///
/// *Thread-safe.*
public final class DeliveryMeters implements DeliveryMetrics {
  private final Map<RequestKind, KindMeters> kinds = new EnumMap<>(RequestKind.class);
  private final Map<Refusal, LazyCounter> refusals = new EnumMap<>(Refusal.class);

  private final LazyCounter viewersNotCounted;
  private final LazyCounter viewerEventsDropped;
  private final LazyCounter malformedCmcd;

  /// Prepares all meters and registers none.
  public DeliveryMeters(Metrics metrics) {
    MeterRegistry registry = metrics.registry();
    for (RequestKind kind : RequestKind.values()) {
      kinds.put(
          kind, new KindMeters(registry, kind.name().toLowerCase(Locale.ROOT).replace('_', '-')));
    }
    for (Refusal refusal : Refusal.values()) {
      refusals.put(
          refusal,
          new LazyCounter(
              () ->
                  Counter.builder("nova.delivery.refused")
                      .description("Requests refused or cut off.")
                      .tag("reason", refusal.reason())
                      .register(registry)));
    }
    this.viewersNotCounted =
        new LazyCounter(
            () ->
                Counter.builder("nova.delivery.viewers.refused")
                    .description("Requests of viewers who are not counted: there are too many.")
                    .register(registry));
    this.viewerEventsDropped =
        new LazyCounter(
            () ->
                Counter.builder("nova.delivery.viewer.events.dropped")
                    .description("Events of viewers that nobody is told of: there are too many.")
                    .register(registry));
    this.malformedCmcd =
        new LazyCounter(
            () ->
                Counter.builder("nova.delivery.cmcd.malformed")
                    .description("Requests whose CMCD data could not be understood.")
                    .register(registry));
  }

  @Override
  public void answered(RequestKind kind, int status, long bodyBytes) {
    of(kind).answered(status, bodyBytes);
  }

  @Override
  public void holdStarted(RequestKind kind) {
    of(kind).holdStarted();
  }

  @Override
  public void holdEnded(RequestKind kind, long heldNs) {
    of(kind).holdEnded(heldNs);
  }

  @Override
  public void refused(Refusal refusal) {
    Objects.requireNonNull(refusals.get(refusal)).increment(1);
  }

  @Override
  public void playlistRendered(RequestKind kind, int plainBytes, int gzipBytes) {
    of(kind).rendered();
  }

  @Override
  public void viewerNotCounted() {
    viewersNotCounted.increment(1);
  }

  @Override
  public void viewerEventDropped() {
    viewerEventsDropped.increment(1);
  }

  @Override
  public void malformedCmcd() {
    malformedCmcd.increment(1);
  }

  @Override
  public void failed(RequestKind kind) {
    of(kind).failed();
  }

  private KindMeters of(RequestKind kind) {
    return Objects.requireNonNull(kinds.get(kind));
  }
}
