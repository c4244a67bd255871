package nova.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Compares text with a file under `src/test/resources/golden` that a person has reviewed.
/// `-Dgolden.update` writes the files instead; a CI machine refuses that flag.
///
/// *Thread-safe.*
public final class Golden {
  private static final Path ROOT = Path.of("src", "test", "resources", "golden");

  private Golden() {}

  /// Fails unless `actual` is what the golden file holds.
  ///
  /// @param name path below `golden`, such as `mp4/avc-header.txt`
  public static void assertMatches(String name, String actual) {
    String base = System.getProperty("basedir", "");
    check(
        Path.of(base).resolve(ROOT).resolve(name),
        actual,
        System.getProperty("golden.update"),
        System.getenv("CI"));
  }

  static void check(Path file, String actual, @Nullable String update, @Nullable String ci) {
    if (isSet(update)) {
      if (isSet(ci)) {
        throw new AssertionError(
            "golden.update is set on a CI machine (expected: golden files are written and reviewed"
                + " by a person; run without the flag)");
      }
      write(file, actual);
      return;
    }
    if (!Files.exists(file)) {
      throw new AssertionError(
          "golden file %s is missing; -Dgolden.update writes it:%n%s".formatted(file, actual));
    }
    assertThat(actual)
        .as("golden file %s (-Dgolden.update writes it anew; review the difference)", file)
        .isEqualTo(read(file));
  }

  /// A flag without a value is set, as `-Dgolden.update` is.
  private static boolean isSet(@Nullable String flag) {
    return flag != null && !flag.equalsIgnoreCase("false");
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(Path file, String text) {
    try {
      if (Files.exists(file) && Files.readString(file).equals(text)) {
        return;
      }
      if (file.getParent() != null) {
        Files.createDirectories(file.getParent());
      }
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
