package nova.app;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import nova.app.error.StartupException;
import nova.core.DataSize;
import nova.segments.SegmentStoreConfig;

/// Compares the memory that segments may take with what the JVM was allowed outside its heap, so
/// that a setting which cannot hold ends in a sentence now and not in a crash on the first busy
/// evening.
final class DirectMemory {
  /// Sockets' buffers, and segments that are no longer stored but still being sent.
  private static final long RESERVE_BYTES = 128L << 20;

  private DirectMemory() {}

  /// Checks against the flag this JVM runs with.
  static void require(SegmentStoreConfig segments) {
    HotSpotDiagnosticMXBean jvm =
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    long flag = Long.parseLong(jvm.getVMOption("MaxDirectMemorySize").getValue());
    require(segments, flag == 0 ? Runtime.getRuntime().maxMemory() : flag);
  }

  static void require(SegmentStoreConfig segments, long allowedBytes) {
    long neededBytes = segments.memory().bytes() + RESERVE_BYTES;
    if (neededBytes > allowedBytes) {
      throw new StartupException(
          "segments.memory %s needs %s outside the Java heap and the JVM allows %s (expected: less segments.memory, or JAVA_OPTS=-XX:MaxDirectMemorySize=%dm)"
              .formatted(
                  segments.memory(),
                  new DataSize(neededBytes),
                  new DataSize(allowedBytes),
                  (neededBytes + (1 << 20) - 1) >> 20));
    }
  }

  /// Compares the memory of a cache on the heap with what the JVM was allowed there.
  static void requireHeap(DataSize cache) {
    requireHeap(cache, Runtime.getRuntime().maxMemory());
  }

  static void requireHeap(DataSize cache, long allowedBytes) {
    long neededBytes = cache.bytes() + RESERVE_BYTES;
    if (neededBytes > allowedBytes) {
      throw new StartupException(
          "segments.memory %s needs %s of Java heap here and the JVM allows %s (expected: less segments.memory, or JAVA_OPTS=-Xmx%dm)"
              .formatted(
                  cache,
                  new DataSize(neededBytes),
                  new DataSize(allowedBytes),
                  (neededBytes + (1 << 20) - 1) >> 20));
    }
  }
}
