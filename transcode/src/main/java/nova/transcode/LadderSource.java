package nova.transcode;

import nova.media.TrackFormat.AudioFormat;
import nova.media.TrackFormat.VideoFormat;
import org.jspecify.annotations.Nullable;

/// What is known of a stream when its ladder is planned.
///
/// *Immutable.*
///
/// @param audio null without audio
/// @param frameRate pictures per second, 0 while unknown
/// @param bitrateBps bits per second of video, 0 while unknown
/// @param keyframeIntervalMs the longest recent distance between keyframes, 0 while unknown
public record LadderSource(
    VideoFormat video,
    @Nullable AudioFormat audio,
    double frameRate,
    long bitrateBps,
    long keyframeIntervalMs) {
  /// The same with another bitrate.
  LadderSource withBitrate(long bps) {
    return new LadderSource(video, audio, frameRate, bps, keyframeIntervalMs);
  }
}
