package nova.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import nova.app.config.AppConfig;
import nova.app.config.ConfigReader;
import nova.app.error.StartupException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {
  @TempDir private Path folder;

  @Test
  void only_the_owner_may_look() throws IOException {
    Path data = folder.resolve("a/b");
    at(data.toString()).prepare();
    at(data.toString()).prepare();

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data)))
        .isEqualTo("rwx------");
  }

  @Test
  void folder_that_is_a_file_is_explained() throws IOException {
    Path notFolder = Files.createFile(folder.resolve("file"));

    assertThatThrownBy(() -> at(notFolder.toString()).prepare())
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("is a file (expected: a folder; choose one with --data)");
    assertThatThrownBy(() -> at(notFolder.resolve("below").toString()).prepare())
        .isInstanceOf(StartupException.class);
    assertThatThrownBy(() -> at("\0"))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("is not a path");
  }

  @Test
  void folder_in_use_is_refused_until_it_is_free() throws Exception {
    DataFolder data = at(folder.toString());
    try (AutoCloseable _ = data.lock()) {
      assertThatThrownBy(() -> data.lock())
          .isInstanceOf(StartupException.class)
          .hasMessageContaining("is in use by another server");
    }
    data.lock().close();
  }

  private static DataFolder at(String path) {
    AppConfig config =
        new ConfigReader(_ -> {}).read(Optional.empty(), Map.of("NOVA_DATA", path), Map.of());
    return DataFolder.of(config);
  }
}
