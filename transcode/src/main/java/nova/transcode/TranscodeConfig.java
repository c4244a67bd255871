package nova.transcode;

import nova.core.Setting;

/// Settings of transcoding.
///
/// *Immutable.*
///
/// @param ladder which renditions a stream gets
/// @param worker how workers are watched
/// @param overload what is done when encoding does not keep up
/// @param budgetPerCore megapixels per second that may be encoded for each core of the machine
public record TranscodeConfig(
    @Setting("The ladder of renditions.") LadderConfig ladder,
    @Setting("The processes that encode.") WorkerConfig worker,
    @Setting("What is done when encoding does not keep up.") OverloadConfig overload,
    @Setting(
            value =
                "Megapixels per second that may be encoded for each core of the machine; streams"
                    + " beyond it have only their source. 720p and 480p at 30 frames per second"
                    + " are 40, and take 0.72 of a core.",
            byDefault = "50")
        int budgetPerCore) {
  private static final int MOST_PER_CORE = 100_000;

  public TranscodeConfig {
    if (budgetPerCore < 1 || budgetPerCore > MOST_PER_CORE) {
      throw new IllegalArgumentException(
          "budget-per-core %d (expected: 1..%d megapixels per second; policy none encodes nothing)"
              .formatted(budgetPerCore, MOST_PER_CORE));
    }
  }

  /// The default ladder, and as many transcodes as leave a quarter of the machine for the rest.
  public static TranscodeConfig defaults() {
    return new TranscodeConfig(
        LadderConfig.defaults(), WorkerConfig.defaults(), OverloadConfig.defaults(), 50);
  }

  /// Pixels per second that a machine may encode.
  long budget(int cores) {
    return 1_000_000L * budgetPerCore * cores;
  }
}
