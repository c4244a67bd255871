package nova.control.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Remembers in a file that a cluster was not made to its end, so that a first start which was
/// killed is not the last: the next one makes it again.
///
/// *Confined to who starts the cluster.*
final class UnfinishedCluster {
  private static final Logger log = LoggerFactory.getLogger(UnfinishedCluster.class);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(60);

  private final Path folder;
  private final Path mark;

  /// @param folder with the folders `cluster` and `software` in it
  UnfinishedCluster(Path folder) {
    this.folder = folder;
    this.mark = folder.resolve("making");
  }

  boolean exists() {
    return Files.exists(mark);
  }

  /// The cluster is about to be made.
  void begin() throws IOException {
    WholeFile.write(mark, "", "rw-------");
  }

  /// The cluster has started, and is there to stay.
  void end() throws IOException {
    boolean _ = Files.deleteIfExists(mark);
  }

  /// Deletes the cluster if it is unfinished, after what still makes it has been stopped.
  void delete() throws IOException {
    Path cluster = folder.resolve("cluster");
    if (!exists() || !Files.exists(cluster)) {
      return;
    }
    log.atWarn()
        .addKeyValue("folder", folder)
        .log("the database was not made to its end, and is made again");
    stopMakers();
    List<Path> files;
    try (Stream<Path> found = Files.walk(cluster)) {
      files = found.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : files) {
      boolean _ = Files.deleteIfExists(file);
    }
  }

  private void stopMakers() throws IOException {
    Path software = folder.toRealPath().resolve("software");
    List<ProcessHandle> makers;
    try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
      makers =
          all.filter(
                  process ->
                      process
                          .info()
                          .command()
                          .filter(program -> Path.of(program).startsWith(software))
                          .isPresent())
              .toList();
    }
    for (ProcessHandle maker : makers) {
      boolean _ = maker.destroy();
    }
    for (ProcessHandle maker : makers) {
      awaitEnd(maker, STOP_PATIENCE);
    }
  }

  /// @throws IOException when it does not end in time
  static void awaitEnd(ProcessHandle process, Duration patience) throws IOException {
    try {
      ProcessHandle _ = process.onExit().get(patience.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException(
          "process %d has not ended within %d s".formatted(process.pid(), patience.toSeconds()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
