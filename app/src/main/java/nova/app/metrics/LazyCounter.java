package nova.app.metrics;

import io.micrometer.core.instrument.Counter;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A counter that appears with its first increment, so that a page of metrics lists what happens
/// and not every combination of labels that the code could write down.
///
/// *Thread-safe.*
final class LazyCounter {
  private final Supplier<Counter> registration; // the registry gives the same counter twice
  private volatile @Nullable Counter counter;

  LazyCounter(Supplier<Counter> registration) {
    this.registration = registration;
  }

  void increment(double by) {
    Counter known = counter;
    if (known == null) {
      known = registration.get();
      counter = known;
    }
    known.increment(by);
  }
}
