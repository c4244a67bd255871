package nova.segments;

import nova.core.DataSize;
import nova.core.Setting;

/// Settings of the segment store in memory.
///
/// *Immutable.*
///
/// @param memory for all streams together
/// @param memoryPerStream for one stream; its oldest segments are dropped beyond it
public record SegmentStoreConfig(
    @Setting(
            value = "Memory for the segments of all streams; the oldest are dropped beyond it.",
            byDefault = "512MiB")
        DataSize memory,
    @Setting(
            value = "Memory for the segments of one stream; its oldest are dropped beyond it.",
            byDefault = "64MiB")
        DataSize memoryPerStream) {
  public SegmentStoreConfig {
    if (memoryPerStream.bytes() < DataSize.ofMiB(1).bytes()) {
      throw new IllegalArgumentException(
          "segment memory per stream %s (expected: >= 1MiB)".formatted(memoryPerStream));
    }
    if (memory.bytes() < memoryPerStream.bytes()) {
      throw new IllegalArgumentException(
          "segment memory %s (expected: >= memory-per-stream %s)"
              .formatted(memory, memoryPerStream));
    }
  }

  /// 512 MiB for all, 64 MiB per stream: 60 s of 8 Mbit/s.
  public static SegmentStoreConfig defaults() {
    return new SegmentStoreConfig(DataSize.ofMiB(512), DataSize.ofMiB(64));
  }
}
