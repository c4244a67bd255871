package nova.transcode;

import nova.core.Setting;
import nova.framelog.pipe.EncoderPreset;

/// Settings of the ladder; its rungs are [LadderSteps].
///
/// *Immutable.*
///
/// @param policy which renditions a stream gets
/// @param preset how much work goes into a picture
/// @param peakPercent of a rung's bitrate that it never exceeds for longer than about a second
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
                "How much work the encoder puts into a picture: superfast, veryfast, faster, fast"
                    + " or medium.",
            byDefault = "veryfast")
        String preset,
    @Setting(
            value = "The bitrate that a rung does not exceed, in percent of its own.",
            byDefault = "110")
        int peakPercent) {

  public LadderConfig {
    if (LadderPolicy.of(policy).isEmpty()) {
      throw new IllegalArgumentException(
          "ladder policy '%s' (expected: auto, all or none)".formatted(policy));
    }
    if (EncoderPreset.of(preset).isEmpty()) {
      throw new IllegalArgumentException(
          "preset '%s' (expected: one of %s)".formatted(preset, EncoderPreset.labels()));
    }
    if (peakPercent < 100 || peakPercent > 300) {
      throw new IllegalArgumentException(
          "peak %d %% of the bitrate (expected: 100..300)".formatted(peakPercent));
    }
  }

  /// Rungs below a source that is fit for the web.
  public static LadderConfig defaults() {
    return new LadderConfig("auto", "veryfast", 110);
  }

  LadderPolicy ladderPolicy() {
    return LadderPolicy.of(policy).orElseThrow();
  }

  EncoderPreset encoderPreset() {
    return EncoderPreset.of(preset).orElseThrow();
  }
}
