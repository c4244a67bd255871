package nova.bench.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessSizeTest {
  @Test
  void of_thisProcess_countsWhatItHolds(@TempDir Path folder) throws IOException {
    ProcessSize before = ProcessSize.of(ProcessHandle.current());
    assertThat(before.residentMib()).isBetween(10.0, 100_000.0);
    assertThat(before.threads()).isGreaterThan(1);
    Path file = java.nio.file.Files.createFile(folder.resolve("open"));
    try (FileChannel _ = FileChannel.open(file);
        FileChannel _ = FileChannel.open(file)) {
      assertThat(ProcessSize.of(ProcessHandle.current()).files())
          .isGreaterThanOrEqualTo(before.files() + 2);
    }
  }
}
