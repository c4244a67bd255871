package nova.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GoldenTest {
  @TempDir Path folder;

  @Test
  void same_text_passes_and_other_text_fails_with_the_file_named() throws Exception {
    Path file = Files.writeString(folder.resolve("a.txt"), "one\n");

    Golden.check(file, "one\n", null, null);

    assertThatThrownBy(() -> Golden.check(file, "two\n", null, null))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("a.txt");
  }

  @Test
  void missing_file_fails_and_shows_the_text() {
    assertThatThrownBy(() -> Golden.check(folder.resolve("none.txt"), "text", null, null))
        .hasMessageContaining("none.txt")
        .hasMessageContaining("text");
  }

  @Test
  void update_writes_the_file_with_its_folders() {
    Path file = folder.resolve("deep").resolve("b.txt");

    Golden.check(file, "new\n", "", null);

    assertThat(file).content().isEqualTo("new\n");
  }

  @Test
  void update_on_a_ci_machine_is_refused_and_writes_nothing() {
    Path file = folder.resolve("c.txt");

    assertThatThrownBy(() -> Golden.check(file, "new\n", "true", "true"))
        .hasMessageContaining("CI");

    assertThat(file).doesNotExist();
  }
}
