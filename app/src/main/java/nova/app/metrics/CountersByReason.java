package nova.app.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/// One counter per kebab-case reason. Reasons are names in our code, but so that no mistake there
/// lets a peer invent time series, those beyond a fixed number count as `other`.
///
/// *Thread-safe.*
final class CountersByReason {
  private static final int MAX_REASONS = 200;

  private final MeterRegistry registry;
  private final String name;
  private final String help;
  private final ConcurrentMap<String, Counter> counters = new ConcurrentHashMap<>();

  CountersByReason(MeterRegistry registry, String name, String help) {
    this.registry = registry;
    this.name = name;
    this.help = help;
  }

  void increment(String reason, double by) {
    Counter known = counters.get(reason);
    if (known == null) {
      String label = counters.size() < MAX_REASONS ? reason : "other";
      known = counters.computeIfAbsent(label, this::register);
    }
    known.increment(by);
  }

  private Counter register(String reason) {
    return Counter.builder(name).description(help).tag("reason", reason).register(registry);
  }
}
