package nova.app;

import java.util.Objects;
import nova.framelog.pipe.PatternJob;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The options of every command that shows the test pattern.
///
/// *Confined to the main thread.*
final class PatternOptions {
  private static final int DEFAULT_FPS = 30;

  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec command;

  @Option(
      names = "--size",
      paramLabel = "WxH",
      description = "Size of the test pattern in pixels, even numbers from 64 to 4096.")
  private @Nullable String size;

  @Option(
      names = "--fps",
      paramLabel = "N",
      description = "Pictures of the test pattern per second, 1 to 120 (30).")
  private @Nullable Integer fps;

  /// What the options ask for.
  ///
  /// @param defaultSize when they do not say
  PatternJob job(String defaultSize) {
    try {
      return PatternJob.of(size == null ? defaultSize : size, fps == null ? DEFAULT_FPS : fps);
    } catch (IllegalArgumentException e) {
      throw wrong("test pattern: " + e.getMessage(), e);
    }
  }

  /// Refuses the options where there is no pattern.
  void requireNone() {
    if (size != null || fps != null) {
      throw wrong(
          "%s is for --test-pattern; files have what they have"
              .formatted(size != null ? "--size" : "--fps"),
          null);
    }
  }

  private ParameterException wrong(String sentence, @Nullable Throwable cause) {
    CommandSpec of = Objects.requireNonNull(command, "set before options are read");
    return new ParameterException(of.commandLine(), sentence, cause);
  }
}
