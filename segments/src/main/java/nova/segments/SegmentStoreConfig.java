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
            byDefault = "192MiB")
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

  /// 512 MiB for all; 192 MiB per stream, which is 128 s of 12.5 Mbit/s: what playlists of 60 s,
  /// and players that hold an old one, need of a 1080p source, rungs of 720p and 480p, and sound.
  /// With less such a stream lists a shorter window than it was told to.
  public static SegmentStoreConfig defaults() {
    return new SegmentStoreConfig(DataSize.ofMiB(512), DataSize.ofMiB(192));
  }
}
