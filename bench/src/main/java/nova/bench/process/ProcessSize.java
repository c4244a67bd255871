package nova.bench.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// What a process holds at the moment, as the Linux kernel counts it.
///
/// *Immutable.*
///
/// @param residentBytes memory in RAM, shared pages included
/// @param files open descriptors: files, sockets, pipes
public record ProcessSize(long residentBytes, int threads, int files) {
  /// Reads `/proc/<pid>/status` and counts `/proc/<pid>/fd`.
  ///
  /// @throws IOException when it is gone
  public static ProcessSize of(ProcessHandle process) throws IOException {
    Path folder = Path.of("/proc", Long.toString(process.pid()));
    List<String> status = Files.readAllLines(folder.resolve("status"));
    try (Stream<Path> files = Files.list(folder.resolve("fd"))) {
      return new ProcessSize(
          field(status, "VmRSS:") * 1024, (int) field(status, "Threads:"), (int) files.count());
    }
  }

  public double residentMib() {
    return residentBytes / 1048576.0;
  }

  /// Spec: proc_pid_status(5); 0 where there is no such line, as in a process that is ending.
  private static long field(List<String> status, String name) {
    return status.stream()
        .filter(line -> line.startsWith(name))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .sum();
  }
}
