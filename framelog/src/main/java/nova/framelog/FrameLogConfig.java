package nova.framelog;

import nova.core.DataSize;
import nova.core.Setting;

/// Settings of the frame log.
///
/// *Immutable.*
///
/// @param memoryPerStream the oldest frames of a stream are dropped beyond it
public record FrameLogConfig(
    @Setting(
            value = "Memory for the latest frames of one stream; the oldest are dropped beyond it.",
            byDefault = "32MiB")
        DataSize memoryPerStream) {
  public FrameLogConfig {
    if (memoryPerStream.bytes() < DataSize.ofMiB(1).bytes()) {
      throw new IllegalArgumentException(
          "frame log memory per stream %s (expected: >= 1MiB)".formatted(memoryPerStream));
    }
  }

  /// 32 MiB per stream: more than 5 s of a 50 Mbit/s source.
  public static FrameLogConfig defaults() {
    return new FrameLogConfig(DataSize.ofMiB(32));
  }
}
