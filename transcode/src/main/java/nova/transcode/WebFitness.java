package nova.transcode;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import nova.media.TrackFormat.VideoFormat;
import org.jspecify.annotations.Nullable;

/// Whether a source can be handed to viewers as it is: what common phones and televisions decode,
/// switch to and load.
///
/// *Thread-safe.*
final class WebFitness {
  private static final int MAX_LONG_SIDE = 1_920;
  private static final int MAX_SHORT_SIDE = 1_080;
  private static final double MAX_FRAME_RATE = 60.5; // 60 as encoders' clocks make it
  private static final long MAX_KEYFRAME_INTERVAL_MS = 4_100; // 4 s with millisecond jitter
  private static final double MAX_BITRATE_RATIO = 1.5;

  // profile_idc in hexadecimal as codec strings have it: baseline, main, high; 8 bits and 4:2:0.
  private static final Set<String> PROFILES = Set.of("42", "4d", "64");

  private WebFitness() {}

  /// What stands against handing out the source, or null.
  ///
  /// @param steps of the ladder, largest first
  static @Nullable String objection(LadderSource source, List<LadderStep> steps) {
    VideoFormat video = source.video();
    if (!hasWebProfile(video)) {
      return "its codec is %s (expected: H.264 baseline, main or high)"
          .formatted(video.codecString());
    }
    int longSide = Math.max(video.width(), video.height());
    int shortSide = Math.min(video.width(), video.height());
    if (longSide > MAX_LONG_SIDE || shortSide > MAX_SHORT_SIDE) {
      return "it is %dx%d (expected: <= %dx%d)"
          .formatted(video.width(), video.height(), MAX_LONG_SIDE, MAX_SHORT_SIDE);
    }
    if (source.frameRate() > MAX_FRAME_RATE) {
      return "it has %.1f frames per second (expected: <= 60)".formatted(source.frameRate());
    }
    if (source.keyframeIntervalMs() > MAX_KEYFRAME_INTERVAL_MS) {
      return "its keyframe interval is %.1f s (expected: <= 4 s)"
          .formatted(source.keyframeIntervalMs() / 1_000.0);
    }
    double limit = MAX_BITRATE_RATIO * bitrateInPlaceOf(shortSide, steps);
    if (source.bitrateBps() > limit) {
      return "it has %.1f Mbit/s (expected: <= %.1f Mbit/s at its size)"
          .formatted(source.bitrateBps() / 1e6, limit / 1e6);
    }
    return null;
  }

  private static boolean hasWebProfile(VideoFormat video) {
    String codec = video.codecString().toLowerCase(Locale.ROOT);
    return codec.startsWith("avc1.")
        && codec.length() == "avc1.64001f".length()
        && PROFILES.contains(codec.substring(5, 7));
  }

  /// The bitrate of the rung that the source stands for: the smallest that is no smaller.
  private static long bitrateInPlaceOf(int shortSide, List<LadderStep> steps) {
    LadderStep best = steps.getFirst();
    for (LadderStep step : steps) {
      if (step.lines() >= shortSide) {
        best = step;
      }
    }
    return best.bitrateBps();
  }
}
