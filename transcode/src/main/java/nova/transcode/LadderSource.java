package nova.transcode;

import java.util.List;
import nova.core.StreamHealth;
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
  private static final long LONG_INTERVAL_MS = 5_000; // or any other that is too long
  private static final double DECLARED_TOLERANCE = 0.1;
  private static final double MEASURED_TOLERANCE = 0.04; // over a few seconds, with jitter
  private static final List<Double> COMMON_RATES =
      List.of(15.0, 20.0, 24.0, 25.0, 30.0, 48.0, 50.0, 60.0, 90.0, 100.0, 120.0);

  /// A source as far as it was measured. What was not seen within some seconds is a keyframe
  /// interval of that length.
  static LadderSource measured(
      VideoFormat video, @Nullable AudioFormat audio, @Nullable StreamHealth health) {
    return new LadderSource(
        video,
        audio,
        frameRate(video, health),
        health == null ? 0 : health.videoBitrateBps(),
        health == null || health.keyframeIntervalMs() == 0
            ? LONG_INTERVAL_MS
            : health.keyframeIntervalMs());
  }

  /// What the source declares when it does what it declares, else what was measured.
  private static double frameRate(VideoFormat video, @Nullable StreamHealth health) {
    double declared = video.frameRate();
    double measured = health == null ? 0 : health.frameRate();
    if (measured <= 0) {
      return declared > 0 ? declared : 30;
    }
    if (Math.abs(declared - measured) <= declared * DECLARED_TOLERANCE) {
      return declared;
    }
    return COMMON_RATES.stream()
        .filter(rate -> Math.abs(rate - measured) <= rate * MEASURED_TOLERANCE)
        .findFirst()
        .orElse(Math.round(measured * 10) / 10.0);
  }

  /// The same with another bitrate.
  LadderSource withBitrate(long bps) {
    return new LadderSource(video, audio, frameRate, bps, keyframeIntervalMs);
  }
}
