package nova.control.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WholeFileTest {
  @TempDir private Path folder;

  @Test
  void file_replacesWhatWasThere_andWhatAKilledWriterLeft() throws Exception {
    Path file = Files.writeString(folder.resolve("name"), "old");
    Path part = Files.writeString(folder.resolve("name.part"), "ha");
    WholeFile.write(file, "new", "rw-------");
    assertThat(file).hasContent("new");
    assertThat(part).doesNotExist();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }
}
