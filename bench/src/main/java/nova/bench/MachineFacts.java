package nova.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What the figures were measured on.
///
/// *Immutable.*
///
/// @param loadAverage of the minute before the run; above 0.3 others were at work and the figures
///   are worth little
record MachineFacts(
    String processor, int cores, long memoryMib, String kernel, String java, String loadAverage) {
  static MachineFacts read() throws IOException {
    String processor =
        Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
            .filter(line -> line.startsWith("model name"))
            .map(line -> line.substring(line.indexOf(':') + 1).strip())
            .findFirst()
            .orElse(System.getProperty("os.arch"));
    long memoryKib =
        Files.readAllLines(Path.of("/proc/meminfo")).stream()
            .filter(line -> line.startsWith("MemTotal:"))
            .map(line -> line.replaceAll("\\D", ""))
            .mapToLong(Long::parseLong)
            .findFirst()
            .orElse(0);
    return new MachineFacts(
        processor,
        Runtime.getRuntime().availableProcessors(),
        memoryKib / 1024,
        System.getProperty("os.name") + " " + System.getProperty("os.version"),
        System.getProperty("java.vendor") + " " + Runtime.version(),
        Files.readString(Path.of("/proc/loadavg")).split(" ", 2)[0]);
  }

  List<String> lines() {
    return List.of(
        "machine: %d x %s, %d MiB, %s".formatted(cores, processor, memoryMib, kernel),
        "java: %s; load average before the run: %s".formatted(java, loadAverage));
  }
}
