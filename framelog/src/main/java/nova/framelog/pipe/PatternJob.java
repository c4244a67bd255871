package nova.framelog.pipe;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The test pattern that a worker is asked to draw. It travels on the worker's command line.
///
/// *Immutable.*
///
/// @param width in pixels, even
/// @param height in pixels, even
/// @param framesPerSecond whole, because people type it
public record PatternJob(int width, int height, int framesPerSecond) {
  private static final int MIN_SIDE = 64;
  private static final int MAX_SIDE = 4096;
  private static final int MAX_FRAMES_PER_SECOND = 120;
  private static final Pattern SIZE = Pattern.compile("(\\d{1,5})x(\\d{1,5})");

  /// @throws IllegalArgumentException with a sentence for whoever asked
  public PatternJob {
    requireSide("width", width);
    requireSide("height", height);
    if (framesPerSecond < 1 || framesPerSecond > MAX_FRAMES_PER_SECOND) {
      throw new IllegalArgumentException(
          "frame rate %d (expected: 1..%d frames per second)"
              .formatted(framesPerSecond, MAX_FRAMES_PER_SECOND));
    }
  }

  /// A pattern of a size such as `1280x720`.
  ///
  /// @throws IllegalArgumentException with a sentence for whoever asked
  public static PatternJob of(String size, int framesPerSecond) {
    Matcher sides = SIZE.matcher(size);
    if (!sides.matches()) {
      throw new IllegalArgumentException(
          "size '%s' (expected: WIDTHxHEIGHT in pixels, such as 1280x720)".formatted(size));
    }
    return new PatternJob(
        Integer.parseInt(sides.group(1)), Integer.parseInt(sides.group(2)), framesPerSecond);
  }

  /// As a worker's command line has it.
  public List<String> toArguments() {
    return List.of(width + "x" + height, Integer.toString(framesPerSecond));
  }

  /// What [#toArguments] wrote.
  ///
  /// @throws IllegalArgumentException when it did not
  public static PatternJob ofArguments(List<String> arguments) {
    if (arguments.size() != 2) {
      throw new IllegalArgumentException(
          "arguments %s (expected: a size and a frame rate)".formatted(arguments));
    }
    try {
      return of(arguments.getFirst(), Integer.parseInt(arguments.getLast()));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "frame rate '%s' (expected: a number)".formatted(arguments.getLast()), e);
    }
  }

  private static void requireSide(String what, int value) {
    if (value < MIN_SIDE || value > MAX_SIDE || value % 2 != 0) {
      throw new IllegalArgumentException(
          "%s %d (expected: even, %d..%d pixels)".formatted(what, value, MIN_SIDE, MAX_SIDE));
    }
  }
}
