package nova.app.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// What is counted of one kind of request.
///
/// *Thread-safe.*
final class KindMeters {
  private static final int STATUS_CLASSES = 5; // 1xx to 5xx

  private final MeterRegistry registry;
  private final String kind;
  private final List<LazyCounter> answers; // by the first digit of the status
  private final LazyCounter sent;
  private final LazyCounter renders;
  private final LazyCounter failures;
  private final AtomicInteger holding = new AtomicInteger();
  private volatile @Nullable Timer held;

  KindMeters(MeterRegistry registry, String kind) {
    this.registry = registry;
    this.kind = kind;
    this.answers =
        IntStream.rangeClosed(1, STATUS_CLASSES)
            .mapToObj(digit -> new LazyCounter(() -> answers(digit)))
            .toList();
    this.sent =
        lazily(
            Counter.builder("nova.delivery.sent")
                .description("Bytes of bodies sent to viewers.")
                .baseUnit("bytes"));
    this.renders =
        lazily(Counter.builder("nova.delivery.renders").description("Playlist bodies rendered."));
    this.failures =
        lazily(
            Counter.builder("nova.delivery.failures")
                .description("Requests that failed by our fault."));
  }

  void answered(int status, long bodyBytes) {
    answers.get(Math.clamp(status / 100 - 1, 0, STATUS_CLASSES - 1)).increment(1);
    if (bodyBytes > 0) {
      sent.increment((double) bodyBytes);
    }
  }

  void holdStarted() {
    if (held == null) {
      held = registerHeld();
    }
    holding.incrementAndGet();
  }

  void holdEnded(long heldNs) {
    holding.decrementAndGet();
    Timer timer = held;
    if (timer != null) {
      timer.record(heldNs, TimeUnit.NANOSECONDS);
    }
  }

  void rendered() {
    renders.increment(1);
  }

  void failed() {
    failures.increment(1);
  }

  /// Registering twice at once gives the same meters.
  private Timer registerHeld() {
    Gauge.builder("nova.delivery.holding", holding, AtomicInteger::get)
        .description("Requests that wait for media now.")
        .tag("kind", kind)
        .strongReference(true)
        .register(registry);
    return Timer.builder("nova.delivery.held")
        .description("How long requests waited for media.")
        .tag("kind", kind)
        .serviceLevelObjectives(
            Duration.ofMillis(100),
            Duration.ofMillis(334),
            Duration.ofSeconds(1),
            Duration.ofSeconds(4))
        .register(registry);
  }

  private Counter answers(int digit) {
    return Counter.builder("nova.delivery.answers")
        .description("Answers to viewers.")
        .tag("kind", kind)
        .tag("status", digit + "xx")
        .register(registry);
  }

  private LazyCounter lazily(Counter.Builder counter) {
    Counter.Builder tagged = counter.tag("kind", kind);
    return new LazyCounter(() -> tagged.register(registry));
  }
}
