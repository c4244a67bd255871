package nova.bench.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// What a process and its descendants have used so far, as the Linux kernel counts it.
///
/// *Immutable.*
///
/// @param atNanos when it was read
/// @param cpuNanos user and system time since the start, of all threads
/// @param residentBytes memory in RAM, shared pages of every process included
public record ProcessUsage(long atNanos, long cpuNanos, long residentBytes) {
  /// `utime` and `stime` are in units of 1/100 s on every Linux that runs Java (USER_HZ).
  private static final long NANOS_PER_TICK = 10_000_000;

  /// What the load generator has used.
  public static ProcessUsage ofThisProcess() throws IOException {
    return ofAlone(ProcessHandle.current());
  }

  /// Without its descendants.
  public static ProcessUsage ofAlone(ProcessHandle process) throws IOException {
    return of(process, List.of(process));
  }

  /// User and system time of all children of this process that ended, in seconds.
  ///
  /// Spec: proc_pid_stat(5), fields 16 (cutime) and 17 (cstime).
  public static double cpuSecondsOfEndedChildren() throws IOException {
    String stat = Files.readString(Path.of("/proc/self/stat"));
    String[] fromState = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return (Long.parseLong(fromState[13]) + Long.parseLong(fromState[14])) * NANOS_PER_TICK / 1e9;
  }

  /// Reads `/proc/<pid>/stat` and `status` of the process and its descendants.
  public static ProcessUsage of(ProcessHandle root) throws IOException {
    return of(root, Stream.concat(Stream.of(root), root.descendants()).toList());
  }

  private static ProcessUsage of(ProcessHandle root, List<ProcessHandle> processes)
      throws IOException {
    long cpu = 0;
    long resident = 0;
    for (ProcessHandle process : processes) {
      Path folder = Path.of("/proc", Long.toString(process.pid()));
      try {
        cpu += cpuNanos(Files.readString(folder.resolve("stat")));
        resident += residentBytes(Files.readAllLines(folder.resolve("status")));
      } catch (NoSuchFileException e) {
        if (process.equals(root)) {
          throw new IOException("the server (pid %d) is gone".formatted(root.pid()), e);
        }
      }
    }
    return new ProcessUsage(System.nanoTime(), cpu, resident);
  }

  /// Share of one core between `earlier` and now, in percent.
  public double percentOfCoreSince(ProcessUsage earlier) {
    return 100.0 * (cpuNanos - earlier.cpuNanos) / (atNanos - earlier.atNanos);
  }

  /// CPU time between `earlier` and now, in seconds.
  public double cpuSecondsSince(ProcessUsage earlier) {
    return (cpuNanos - earlier.cpuNanos) / 1e9;
  }

  public double residentMib() {
    return residentBytes / 1048576.0;
  }

  /// Spec: proc_pid_stat(5), fields 14 (utime) and 15 (stime); field 2 is a name that may hold
  /// spaces and parentheses.
  private static long cpuNanos(String stat) {
    String[] fromState = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return (Long.parseLong(fromState[11]) + Long.parseLong(fromState[12])) * NANOS_PER_TICK;
  }

  private static long residentBytes(List<String> status) {
    return status.stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
        .sum();
  }
}
