package nova.bench.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerProcessTest {
  private Process beside;

  @BeforeEach
  void start() throws IOException {
    beside = new ProcessBuilder("sleep", "100").start();
  }

  @AfterEach
  void end() {
    beside.destroyForcibly();
  }

  @Test
  void close_somethingOfTheServerStillRuns_endsIt(@TempDir Path folder) throws IOException {
    Path scratch = Files.createDirectory(folder.resolve("scratch"));
    ServerProcess server =
        ServerProcess.start(
            "server",
            new ProcessBuilder("sleep", "100"),
            folder.resolve("log"),
            scratch,
            () -> Optional.of(beside.toHandle()));
    assertThat(server.process().isAlive()).isTrue();

    server.close();

    assertThat(server.process().isAlive()).isFalse();
    assertThat(beside.isAlive()).isFalse();
    assertThat(scratch).doesNotExist();
  }

  @Test
  void close_serverEndsWhatItStarted_doesNotHurryIt(@TempDir Path folder) throws IOException {
    Path done = folder.resolve("done");
    ServerProcess server =
        ServerProcess.start(
            "server",
            new ProcessBuilder(
                "sh",
                "-c",
                "trap 'sleep 0.3; kill %d; echo > %s; exit' TERM; echo; while :; do sleep 0.05; done"
                    .formatted(beside.pid(), done)),
            folder.resolve("log"),
            folder.resolve("scratch"),
            () -> Optional.of(beside.toHandle()));
    assertThat(server.process().getInputStream().read()).isEqualTo('\n'); // the trap is set

    server.close();

    assertThat(done).exists();
    assertThat(beside.isAlive()).isFalse();
  }
}
