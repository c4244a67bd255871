package nova.core;

/// A monotonic clock in nanoseconds, for measuring and for deadlines; `System::nanoTime` in
/// production.
///
/// *Thread-safe.*
@FunctionalInterface
public interface NanoClock {
  long nanoTime();
}
