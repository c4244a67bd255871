package nova.bench.soak;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// The workers that a server runs at the moment, told apart by their main classes.
///
/// *Immutable.*
record Workers(ProcessHandle server) {
  private static final String LADDER = "nova.worker.LadderWorker";
  private static final String POSTER = "nova.worker.poster.PosterWorker";
  private static final Duration CLOCK_TICK = Duration.ofMillis(10);

  /// The worker of the stream that has been encoded for longest.
  Optional<ProcessHandle> oldestLadder() {
    return ladders().stream().min(Comparator.comparing(Workers::startedAt));
  }

  /// The newest worker of a ladder, if it was started after that moment.
  Optional<ProcessHandle> newestLadder(Instant after) {
    return ladders().stream()
        .max(Comparator.comparing(Workers::startedAt))
        .filter(worker -> startedAt(worker).isAfter(after.minus(CLOCK_TICK)));
  }

  Optional<ProcessHandle> poster() {
    return running(POSTER).stream().findFirst();
  }

  /// All of them, with those that have ended and that the server has not taken note of.
  long count() {
    return server.children().count();
  }

  private List<ProcessHandle> ladders() {
    return running(LADDER);
  }

  private List<ProcessHandle> running(String mainClass) {
    return server.children().filter(child -> commandLine(child).contains(mainClass)).toList();
  }

  /// Empty for a process that has ended.
  private static String commandLine(ProcessHandle process) {
    try {
      return Files.readString(Path.of("/proc", Long.toString(process.pid()), "cmdline"));
    } catch (IOException e) {
      return "";
    }
  }

  private static Instant startedAt(ProcessHandle process) {
    return process.info().startInstant().orElse(Instant.EPOCH);
  }
}
