package nova.app.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.http.HttpVersion;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import nova.app.http.HttpMetrics;

/// The HTTP servers' metrics.
///
/// *Thread-safe.*
public final class HttpMeters implements HttpMetrics {
  private static final List<HttpVersion> PROTOCOLS =
      List.of(HttpVersion.HTTP_1_1, HttpVersion.HTTP_2);

  private final Map<HttpVersion, AtomicInteger> connections = new EnumMap<>(HttpVersion.class);
  private final CountersByReason refused;

  /// Registers all meters.
  public HttpMeters(Metrics metrics) {
    MeterRegistry registry = metrics.registry();
    for (HttpVersion protocol : PROTOCOLS) {
      AtomicInteger open = new AtomicInteger();
      connections.put(protocol, open);
      Gauge.builder("nova.http.connections", open, AtomicInteger::get)
          .description("Connections of viewers now, each from its first request on.")
          .tag("protocol", protocol == HttpVersion.HTTP_2 ? "http/2" : "http/1.1")
          .strongReference(true)
          .register(registry);
    }
    refused =
        new CountersByReason(
            registry, "nova.http.refused", "Requests refused before any route saw them.");
  }

  @Override
  public void connectionOpened(HttpVersion protocol) {
    of(protocol).incrementAndGet();
  }

  @Override
  public void connectionClosed(HttpVersion protocol) {
    of(protocol).decrementAndGet();
  }

  @Override
  public void refused(String reason) {
    refused.increment(reason, 1);
  }

  private AtomicInteger of(HttpVersion protocol) {
    HttpVersion spoken = protocol == HttpVersion.HTTP_2 ? HttpVersion.HTTP_2 : HttpVersion.HTTP_1_1;
    return Objects.requireNonNull(connections.get(spoken));
  }
}
