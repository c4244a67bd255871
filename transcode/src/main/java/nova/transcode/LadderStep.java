package nova.transcode;

/// What a rung of a ladder may have at most: a source with less gets less.
///
/// *Immutable.*
///
/// @param lines its shorter side: the height of landscape video, the width of portrait
/// @param bitrateBps bits per second on average
/// @param maxFrameRate frames per second
public record LadderStep(int lines, long bitrateBps, int maxFrameRate) {
  public LadderStep {
    if (lines < 1 || bitrateBps < 1 || maxFrameRate < 1) {
      throw new IllegalArgumentException(
          "step of %d lines, %d bit/s and %d frames per second (expected: more than 0 of each)"
              .formatted(lines, bitrateBps, maxFrameRate));
    }
  }
}
