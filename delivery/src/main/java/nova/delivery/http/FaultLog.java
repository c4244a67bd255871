package nova.delivery.http;

import java.util.concurrent.atomic.AtomicLong;
import nova.core.NanoClock;
import nova.delivery.PlaybackPrefix;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Logs faults of ours: the first at once, and repetitions as a count at most once a second, so
/// that a crowd of viewers cannot fill the disk.
///
/// *Thread-safe.*
final class FaultLog {
  private static final Logger log = LoggerFactory.getLogger(FaultLog.class);
  private static final long INTERVAL_NS = 1_000_000_000L;

  private final NanoClock clock;
  private final AtomicLong silentUntilNs;
  private final AtomicLong suppressed = new AtomicLong();

  FaultLog(NanoClock clock) {
    this.clock = clock;
    this.silentUntilNs = new AtomicLong(clock.nanoTime());
  }

  void report(String uri, Throwable fault) {
    long now = clock.nanoTime();
    long until = silentUntilNs.get();
    if (now - until >= 0 && silentUntilNs.compareAndSet(until, now + INTERVAL_NS)) {
      log.atError()
          .addKeyValue("uri", PlaybackPrefix.hidden(uri))
          .addKeyValue("suppressed", suppressed.getAndSet(0))
          .setCause(fault)
          .log("a request could not be answered");
    } else {
      suppressed.incrementAndGet();
    }
  }
}
