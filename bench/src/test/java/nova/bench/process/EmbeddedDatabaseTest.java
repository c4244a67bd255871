package nova.bench.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedDatabaseTest {
  @Test
  void find_noDatabase_isEmpty(@TempDir Path data) {
    assertThat(EmbeddedDatabase.find(data)).isEmpty();
  }

  @Test
  void find_processIsSomethingElseByNow_isEmpty(@TempDir Path data) throws IOException {
    writePid(data, Long.toString(ProcessHandle.current().pid()));
    assertThat(EmbeddedDatabase.find(data)).isEmpty();
  }

  @Test
  void find_pidNotYetWritten_isEmpty(@TempDir Path data) throws IOException {
    writePid(data, "");
    assertThat(EmbeddedDatabase.find(data)).isEmpty();
  }

  @Test
  void memory_ofThisProcess_isThere() throws IOException {
    EmbeddedDatabase some = new EmbeddedDatabase(ProcessHandle.current());
    assertThat(some.memoryMib()).isBetween(10.0, 100_000.0);
    assertThat(some.processes()).contains(ProcessHandle.current());
  }

  private static void writePid(Path data, String pid) throws IOException {
    Path cluster = Files.createDirectories(data.resolve("postgres").resolve("cluster"));
    Files.writeString(cluster.resolve("postmaster.pid"), pid + "\n" + cluster + "\n");
  }
}
