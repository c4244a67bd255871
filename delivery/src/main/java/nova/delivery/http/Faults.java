package nova.delivery.http;

import nova.core.NanoClock;
import nova.delivery.CachePolicy;
import nova.delivery.DeliveryMetrics;

/// Turns a fault of ours into one answer, one count and one line in the log.
///
/// *Thread-safe.*
final class Faults {
  private final FaultLog log;
  private final DeliveryMetrics metrics;

  Faults(NanoClock clock, DeliveryMetrics metrics) {
    this.log = new FaultLog(clock);
    this.metrics = metrics;
  }

  /// Runs `work`, which answers.
  void guard(Reply reply, Runnable work) {
    try {
      work.run();
    } catch (RuntimeException | Error e) {
      metrics.failed(reply.kind());
      log.report(reply.request().uri(), e);
      reply.error(500, "The server could not make this answer; try again.", CachePolicy.NO_STORE);
    }
  }
}
