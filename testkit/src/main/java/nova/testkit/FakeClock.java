package nova.testkit;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;

/// A wall clock and a monotonic clock that stand still until a test moves them. Pass it where an
/// [InstantSource] is wanted and `clock::nanoTime` where a monotonic clock is.
///
/// *Thread-safe.*
public final class FakeClock implements InstantSource {
  private final AtomicReference<Reading> now;

  /// Begins at 2026-11-22T16:00:00Z.
  public FakeClock() {
    this(Instant.parse("2026-11-22T16:00:00Z"));
  }

  /// The monotonic clock begins near its overflow: code that compares readings instead of
  /// differences fails.
  public FakeClock(Instant start) {
    now = new AtomicReference<>(new Reading(start, Long.MAX_VALUE - 1_000_000_000L));
  }

  @Override
  public Instant instant() {
    return now.get().instant();
  }

  /// The monotonic clock in nanoseconds.
  public long nanoTime() {
    return now.get().nanos();
  }

  /// Lets time pass on both clocks.
  public void advance(Duration duration) {
    if (duration.isNegative()) {
      throw new IllegalArgumentException(
          "time passes by %s (expected: >= 0; jumpWallClock can go back)".formatted(duration));
    }
    now.updateAndGet(r -> new Reading(r.instant().plus(duration), r.nanos() + duration.toNanos()));
  }

  /// Lets milliseconds pass on both clocks.
  public void advanceMs(long ms) {
    advance(Duration.ofMillis(ms));
  }

  /// Sets the wall clock forward or back, as NTP and operators do; no time passes.
  public void jumpWallClock(Duration by) {
    now.updateAndGet(r -> new Reading(r.instant().plus(by), r.nanos()));
  }

  private record Reading(Instant instant, long nanos) {}
}
