package nova.app;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// Has the memory of segments freed that left the store.
///
/// Segments lie outside the Java heap and are freed when the collector finds that nobody sends them
/// any more. It looks when the heap fills, and a server with few broadcasters hardly fills it: what
/// it no longer needs would grow to what the JVM is allowed. So a collection is asked for, one that
/// runs beside the application (-XX:+ExplicitGCInvokesConcurrent), when too much has come together.
///
/// *Thread-safe.*
final class SegmentReclaimer implements AutoCloseable {
  /// Half a minute of a full ladder.
  static final long ENOUGH_BYTES = 48L << 20;

  private static final Duration LOOK_INTERVAL = Duration.ofSeconds(5);

  private final LongSupplier directBytes;
  private final LongSupplier storedBytes;
  private final Runnable collect;
  private final ScheduledExecutorService timer;
  private long floorBytes = Long.MAX_VALUE; // what is neither stored nor garbage: sockets' buffers

  /// @param directBytes memory outside the heap that Java knows of
  /// @param storedBytes of it what the store holds
  /// @param collect asks for a collection
  SegmentReclaimer(LongSupplier directBytes, LongSupplier storedBytes, Runnable collect) {
    this.directBytes = directBytes;
    this.storedBytes = storedBytes;
    this.collect = collect;
    this.timer =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("segment-reclaimer").daemon().factory());
  }

  /// Looks every few seconds until it is closed.
  static SegmentReclaimer start(LongSupplier storedBytes) {
    BufferPoolMXBean direct =
        ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
            .filter(pool -> pool.getName().equals("direct"))
            .findFirst()
            .orElseThrow();
    SegmentReclaimer reclaimer =
        new SegmentReclaimer(direct::getMemoryUsed, storedBytes, System::gc);
    long everyMs = LOOK_INTERVAL.toMillis();
    var _ =
        reclaimer.timer.scheduleAtFixedRate(
            reclaimer::look, everyMs, everyMs, TimeUnit.MILLISECONDS);
    return reclaimer;
  }

  /// Asks for a collection when there is enough to free.
  void look() {
    long otherBytes = Math.max(0, directBytes.getAsLong() - storedBytes.getAsLong());
    floorBytes = Math.min(floorBytes, otherBytes);
    if (otherBytes - floorBytes >= ENOUGH_BYTES) {
      floorBytes = otherBytes; // until the next look shows what the collection left
      collect.run();
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
