package nova.bench.ladder;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import nova.bench.process.ProcessUsage;

/// A child process that is measured to its end. One at a time: the kernel adds up what all children
/// that ended have used.
///
/// *Confined to its creator's thread.*
final class MeasuredProcess implements AutoCloseable {
  private static final Duration LOOK_INTERVAL = Duration.ofMillis(50);

  private final Process process;
  private final long startedAt = System.nanoTime();
  private final double cpuSecondsBefore = ProcessUsage.cpuSecondsOfEndedChildren();
  private final Thread observer;
  private volatile double peakMib;

  MeasuredProcess(ProcessBuilder command) throws IOException {
    process = command.start();
    observer = Thread.ofVirtual().start(this::observe);
  }

  private void observe() {
    try {
      while (!process.waitFor(LOOK_INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
        peakMib = Math.max(peakMib, highWaterMib());
      }
    } catch (IOException e) {
      peakMib = Double.NaN; // not Linux
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  Process process() {
    return process;
  }

  /// Seconds since it was started.
  double seconds() {
    return (System.nanoTime() - startedAt) / 1e9;
  }

  /// Waits for its end.
  ///
  /// @throws IOException when it takes longer than `atMost` or ends with an error
  LadderCost await(Duration atMost) throws IOException, InterruptedException {
    if (!process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new IOException("no end within " + atMost.toSeconds() + " s");
    }
    observer.join();
    if (process.exitValue() != 0) {
      throw new IOException("ended with status " + process.exitValue());
    }
    double cpuSeconds = ProcessUsage.cpuSecondsOfEndedChildren() - cpuSecondsBefore;
    return new LadderCost(cpuSeconds, seconds(), peakMib);
  }

  private double highWaterMib() throws IOException {
    Path status = Path.of("/proc", Long.toString(process.pid()), "status");
    try {
      return Files.readAllLines(status).stream()
              .filter(line -> line.startsWith("VmHWM:"))
              .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
              .sum()
          / 1024.0;
    } catch (NoSuchFileException e) {
      return 0; // it has just ended
    }
  }

  @Override
  public void close() {
    Process _ = process.destroyForcibly();
  }
}
