package nova.transcode;

import java.util.List;
import nova.core.Setting;
import nova.framelog.pipe.EncoderPreset;

/// Settings of the ladder.
///
/// *Immutable.*
///
/// @param policy which renditions a stream gets
/// @param rungs in any order
/// @param preset how much work goes into a picture
/// @param peakPercent of a rung's bitrate that it never exceeds for longer than about a second
/// @param fullRateLines rungs with fewer lines have 30 frames per second at most
public record LadderConfig(
    @Setting(
            value =
                "Which renditions a stream gets. auto: the source as it came where browsers play it"
                    + " well, and smaller rungs; all: every rung is encoded; none: only the"
                    + " source.",
            byDefault = "auto")
        String policy,
    @Setting(
            value =
                "The rungs, each as lines and kbit/s of video. None is larger than the source, or"
                    + " of a higher bitrate.",
            byDefault = "1080p:5000k, 720p:3000k, 480p:1500k")
        List<String> rungs,
    @Setting(
            value =
                "How much work the encoder puts into a picture: superfast, veryfast, faster, fast"
                    + " or medium.",
            byDefault = "veryfast")
        String preset,
    @Setting(
            value = "The bitrate that a rung does not exceed, in percent of its own.",
            byDefault = "110")
        int peakPercent,
    @Setting(
            value =
                "Rungs with fewer lines than this have at most 30 frames per second; the others at"
                    + " most 60.",
            byDefault = "720")
        int fullRateLines) {
  private static final int MOST_RUNGS = 8;

  public LadderConfig {
    rungs = List.copyOf(rungs);
    if (LadderPolicy.of(policy).isEmpty()) {
      throw new IllegalArgumentException(
          "ladder policy '%s' (expected: auto, all or none)".formatted(policy));
    }
    if (EncoderPreset.of(preset).isEmpty()) {
      throw new IllegalArgumentException(
          "preset '%s' (expected: one of %s)".formatted(preset, EncoderPreset.labels()));
    }
    if (rungs.isEmpty() || rungs.size() > MOST_RUNGS) {
      throw new IllegalArgumentException(
          "a ladder of %d rungs (expected: 1..%d; policy none encodes nothing)"
              .formatted(rungs.size(), MOST_RUNGS));
    }
    int fullRate = fullRateLines;
    if (rungs.stream()
            .map(rung -> LadderStep.parse(rung, fullRate))
            .mapToInt(LadderStep::lines)
            .distinct()
            .count()
        < rungs.size()) {
      throw new IllegalArgumentException(
          "ladder %s (expected: each number of lines once)".formatted(rungs));
    }
    if (peakPercent < 100 || peakPercent > 300) {
      throw new IllegalArgumentException(
          "peak %d %% of the bitrate (expected: 100..300)".formatted(peakPercent));
    }
    if (fullRateLines < 0) {
      throw new IllegalArgumentException(
          "full-rate-lines %d (expected: >= 0)".formatted(fullRateLines));
    }
  }

  /// 1080p at 5 Mbit/s, 720p at 3 and 480p at 1.5, below a source that is fit for the web.
  public static LadderConfig defaults() {
    return new LadderConfig(
        "auto", List.of("1080p:5000k", "720p:3000k", "480p:1500k"), "veryfast", 110, 720);
  }

  LadderPolicy ladderPolicy() {
    return LadderPolicy.of(policy).orElseThrow();
  }

  EncoderPreset encoderPreset() {
    return EncoderPreset.of(preset).orElseThrow();
  }

  /// The rungs.
  public List<LadderStep> steps() {
    return rungs.stream().map(rung -> LadderStep.parse(rung, fullRateLines)).toList();
  }
}
