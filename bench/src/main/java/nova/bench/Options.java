package nova.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/// How large and how long the benchmarks are, and where they may write.
///
/// *Immutable.*
///
/// @param publishers broadcasters of the publishers benchmark
/// @param viewers viewers of the viewers benchmark
/// @param seconds how long each server is measured
/// @param parts how many parts the waiters wait for
/// @param folder for logs, clips and data directories
/// @param jvmFlags added to Nova's, to profile a run
record Options(int publishers, int viewers, int seconds, int parts, Path folder, String jvmFlags) {
  private static final Path MEMORY = Path.of("/dev/shm");

  Duration duration() {
    return Duration.ofSeconds(seconds);
  }

  /// Where nginx keeps what it serves: in memory where there is such a folder, because Nova's store
  /// is in memory.
  Path servedFolder() {
    Path inMemory = MEMORY.resolve("nova-bench-" + ProcessHandle.current().pid());
    return Files.isWritable(MEMORY) ? inMemory : folder.resolve("served");
  }
}
