package nova.bench.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The PostgreSQL that a server runs in its data folder. It is no child of the server: whoever
/// kills the server leaves it running.
///
/// *Immutable.*
///
/// @param postmaster the parent of all its processes
public record EmbeddedDatabase(ProcessHandle postmaster) {
  /// What was started last in a data folder; empty when that has ended.
  static Optional<EmbeddedDatabase> find(Path data) {
    Path pidFile = data.resolve("postgres").resolve("cluster").resolve("postmaster.pid");
    try {
      return Files.readAllLines(pidFile).stream()
          .findFirst()
          .filter(pid -> pid.matches("\\d+")) // it may be about to be written
          .flatMap(pid -> ProcessHandle.of(Long.parseLong(pid)))
          .filter(process -> process.info().command().orElse("").endsWith("postgres"))
          .map(EmbeddedDatabase::new);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Memory in RAM of all its processes, of shared pages each one's share.
  public double memoryMib() throws IOException {
    long bytes = 0;
    for (ProcessHandle process : processes()) {
      bytes += proportionalBytes(process);
    }
    return bytes / 1048576.0;
  }

  /// What its processes have used so far; those that have ended are not in it.
  public ProcessUsage usage() throws IOException {
    return ProcessUsage.of(postmaster);
  }

  /// The postmaster, what it does in the background, and one for each connection.
  public List<ProcessHandle> processes() {
    return Stream.concat(Stream.of(postmaster), postmaster.descendants()).toList();
  }

  /// Spec: proc_pid_smaps(5), `Pss`; 0 for a process that has ended.
  private static long proportionalBytes(ProcessHandle process) throws IOException {
    Path file = Path.of("/proc", Long.toString(process.pid()), "smaps_rollup");
    try (Stream<String> lines = Files.lines(file)) {
      return lines
          .filter(line -> line.startsWith("Pss:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
          .sum();
    } catch (NoSuchFileException e) {
      return 0;
    } catch (UncheckedIOException e) {
      if (process.isAlive()) {
        throw e;
      }
      return 0;
    }
  }
}
