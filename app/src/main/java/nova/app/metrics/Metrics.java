package nova.app.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.function.ToDoubleFunction;

/// The registry that all metrics of the process live in. Names are `nova.{stage}.…`; Prometheus
/// sees them as `nova_{stage}_…`.
///
/// *Thread-safe.*
public final class Metrics implements AutoCloseable {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics garbage = new JvmGcMetrics();

  /// A registry that already measures the JVM.
  public Metrics() {
    garbage.bindTo(registry);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ClassLoaderMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
  }

  PrometheusMeterRegistry registry() {
    return registry;
  }

  /// Shows a number that somebody else keeps, asked at each scrape.
  ///
  /// @param unit ends its name; empty for none
  public <T> void gauge(String name, String help, String unit, T owner, ToDoubleFunction<T> value) {
    Gauge.builder(name, owner, value)
        .description(help)
        .baseUnit(unit.isEmpty() ? null : unit)
        .strongReference(true)
        .register(registry);
  }

  /// Shows a count that somebody else keeps and that only grows.
  public <T> void count(String name, String help, String unit, T owner, ToDoubleFunction<T> value) {
    FunctionCounter.builder(name, owner, value).description(help).baseUnit(unit).register(registry);
  }

  /// Everything in Prometheus' text format. Takes milliseconds: not for an event loop.
  public String scrape() {
    return registry.scrape();
  }

  @Override
  public void close() {
    garbage.close();
    registry.close();
  }
}
