package nova.framelog;

import java.time.Duration;
import nova.core.DataSize;
import nova.core.Setting;

/// Settings of the frame log.
///
/// *Immutable.*
///
/// @param keep groups of pictures that ended longer ago are dropped, except the newest
/// @param memoryPerStream the oldest frames of a stream are dropped beyond it
public record FrameLogConfig(
    @Setting(
            value =
                "How long frames are kept for a stage that restarts or lags; a group of pictures"
                    + " stays whole.",
            byDefault = "10s")
        Duration keep,
    @Setting(
            value = "Memory for the latest frames of one stream; the oldest are dropped beyond it.",
            byDefault = "32MiB")
        DataSize memoryPerStream) {
  public FrameLogConfig {
    if (keep.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException("frame log keeps %s (expected: >= 1s)".formatted(keep));
    }
    if (memoryPerStream.bytes() < DataSize.ofMiB(1).bytes()) {
      throw new IllegalArgumentException(
          "frame log memory per stream %s (expected: >= 1MiB)".formatted(memoryPerStream));
    }
  }

  /// 10 s: a transcoding worker that dies is missed within 2 s, started again a moment later, and
  /// decodes from the keyframe before. That is 7.5 MB of a 6 Mbit/s source beside its newest group
  /// of pictures, and 64 MB of one of 50 Mbit/s, of which the cap leaves the latest 5 s.
  public static FrameLogConfig defaults() {
    return new FrameLogConfig(Duration.ofSeconds(10), DataSize.ofMiB(32));
  }
}
