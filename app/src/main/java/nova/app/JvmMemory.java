package nova.app;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import nova.app.error.StartupException;
import nova.backends.kafka.KafkaConfig;
import nova.core.DataSize;
import nova.segments.SegmentStoreConfig;

/// Compares the memory that settings promise with what the JVM was allowed, on its heap and outside
/// it, so that a setting which cannot hold ends in a sentence now and not in a crash on the first
/// busy evening.
final class JvmMemory {
  /// Outside the heap sockets' buffers, and segments that are no longer stored but still being
  /// sent; on it the server itself, and messages of broadcasters that are not complete.
  private static final long RESERVE_BYTES = 128L << 20;

  private JvmMemory() {}

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
    requireHeap(
        "segments.memory %s needs".formatted(cache), "segments.memory", cache, allowedBytes);
  }

  /// Compares what waits for Kafka while it is away with what the JVM was allowed on its heap.
  static void requireHeap(KafkaConfig kafka) {
    requireHeap(kafka, Runtime.getRuntime().maxMemory());
  }

  static void requireHeap(KafkaConfig kafka, long allowedBytes) {
    requireHeap(
        "kafka.in-flight %s and kafka.event-memory %s, each twice, need"
            .formatted(kafka.inFlight(), kafka.eventMemory()),
        "of them",
        kafka.outgoingMemory(),
        allowedBytes);
  }

  private static void requireHeap(String what, String less, DataSize holds, long allowedBytes) {
    long neededBytes = holds.bytes() + RESERVE_BYTES;
    if (neededBytes > allowedBytes) {
      throw new StartupException(
          "%s %s of Java heap here and the JVM allows %s (expected: less %s, or JAVA_OPTS=-Xmx%dm)"
              .formatted(
                  what,
                  new DataSize(neededBytes),
                  new DataSize(allowedBytes),
                  less,
                  (neededBytes + (1 << 20) - 1) >> 20));
    }
  }
}
