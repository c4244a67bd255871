package nova.transcode;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a rung of a ladder may have at most: a source with less gets less.
///
/// *Immutable.*
///
/// @param lines its shorter side: the height of landscape video, the width of portrait
/// @param bitrateBps bits per second on average
/// @param maxFrameRate frames per second
public record LadderStep(int lines, long bitrateBps, int maxFrameRate) {
  private static final Pattern SPELLING = Pattern.compile("(\\d{2,4})p:(\\d{1,6})k");
  private static final int FEWEST_LINES = 90;
  private static final int MOST_LINES = 4_320;
  private static final long LOWEST_BPS = 50_000;
  private static final long HIGHEST_BPS = 100_000_000;
  private static final int REDUCED_FRAME_RATE = 30;
  private static final int FULL_FRAME_RATE = 60;

  public LadderStep {
    if (lines < 1 || bitrateBps < 1 || maxFrameRate < 1) {
      throw new IllegalArgumentException(
          "step of %d lines, %d bit/s and %d frames per second (expected: more than 0 of each)"
              .formatted(lines, bitrateBps, maxFrameRate));
    }
  }

  /// A step as the configuration names it: `720p:3000k`.
  ///
  /// @param fullRateLines with fewer lines it has 30 frames per second at most, else 60
  /// @throws IllegalArgumentException with a sentence that says what was expected
  static LadderStep parse(String text, int fullRateLines) {
    Matcher parts = SPELLING.matcher(text.trim());
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "rung '%s' (expected: lines and kbit/s, such as 720p:3000k)".formatted(text));
    }
    int lines = Integer.parseInt(parts.group(1));
    long bitrateBps = Long.parseLong(parts.group(2)) * 1_000;
    if (lines < FEWEST_LINES || lines > MOST_LINES) {
      throw new IllegalArgumentException(
          "rung '%s' of %d lines (expected: %d..%d)"
              .formatted(text, lines, FEWEST_LINES, MOST_LINES));
    }
    if (bitrateBps < LOWEST_BPS || bitrateBps > HIGHEST_BPS) {
      throw new IllegalArgumentException(
          "rung '%s' of %d kbit/s (expected: %d..%d)"
              .formatted(text, bitrateBps / 1_000, LOWEST_BPS / 1_000, HIGHEST_BPS / 1_000));
    }
    return new LadderStep(
        lines, bitrateBps, lines >= fullRateLines ? FULL_FRAME_RATE : REDUCED_FRAME_RATE);
  }
}
