package nova.bench.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// A server under test: a child process that writes to a log file and ends when closed.
///
/// *Thread-safe.*
public final class ServerProcess implements AutoCloseable {
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(12);

  private final String name;
  private final Process process;
  private final Path log;
  private final Path scratch;
  private final Supplier<Optional<ProcessHandle>> beside;
  private final Thread killer;

  private ServerProcess(
      String name,
      Process process,
      Path log,
      Path scratch,
      Supplier<Optional<ProcessHandle>> beside) {
    this.name = name;
    this.process = process;
    this.log = log;
    this.scratch = scratch;
    this.beside = beside;
    // Ctrl-C on the benchmark must not leave servers behind, nor what they wrote to memory.
    this.killer = new Thread(this::end, "end-" + name);
    Runtime.getRuntime().addShutdownHook(killer);
  }

  /// Starts a process whose stdout stays readable to the caller when `log` gets stderr alone.
  ///
  /// @param scratch a folder that is deleted when the server has ended
  /// @param beside a process that the server ends when it ends in order, and that is no child of it
  static ServerProcess start(
      String name,
      ProcessBuilder command,
      Path log,
      Path scratch,
      Supplier<Optional<ProcessHandle>> beside)
      throws IOException {
    Files.createDirectories(log.toAbsolutePath().getParent());
    command.redirectError(log.toFile());
    return new ServerProcess(name, command.start(), log, scratch, beside);
  }

  Process process() {
    return process;
  }

  /// What the server has used so far, its children included.
  public ProcessUsage usage() throws IOException {
    if (!process.isAlive()) {
      throw failure("ended with code " + process.exitValue());
    }
    return ProcessUsage.of(process.toHandle());
  }

  /// Waits until the server accepts TCP connections.
  void awaitListening(InetSocketAddress address, Duration timeout)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (true) {
      try (Socket socket = new Socket()) {
        socket.connect(address, 200);
        return;
      } catch (IOException e) {
        if (!process.isAlive() || System.nanoTime() > deadline) {
          throw failure("does not accept connections on " + address);
        }
        process.waitFor(50, TimeUnit.MILLISECONDS); // between attempts; ends early when it dies
      }
    }
  }

  /// An exception that tells the end of the server's log.
  IOException failure(String what) throws IOException {
    List<String> lines = Files.exists(log) ? Files.readAllLines(log) : List.of();
    String end = String.join("\n  ", lines.subList(Math.max(0, lines.size() - 10), lines.size()));
    return new IOException("%s %s; the end of %s:\n  %s".formatted(name, what, log, end));
  }

  /// A TCP port of loopback that is free now.
  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /// Asks the server to stop, and kills it when it does not; whatever of it still runs then, too.
  @Override
  public void close() {
    end();
    Runtime.getRuntime().removeShutdownHook(killer);
  }

  private void end() {
    List<ProcessHandle> all = all();
    process.destroy();
    try {
      if (!process.waitFor(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
        System.err.println(
            name + " did not stop within " + STOP_TIMEOUT.toSeconds() + " s: killed");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    all.forEach(ProcessHandle::destroyForcibly);
    all.forEach(
        handle -> handle.onExit().orTimeout(2, TimeUnit.SECONDS).exceptionally(_ -> handle).join());
    deleteScratch();
  }

  private void deleteScratch() {
    try {
      Folders.delete(scratch);
    } catch (IOException e) {
      System.err.println(name + " left " + scratch + " behind: " + e.getMessage());
    }
  }

  /// Asked while the server runs: what a dead one leaves behind has another parent.
  private List<ProcessHandle> all() {
    Stream<ProcessHandle> children =
        Stream.concat(Stream.of(process.toHandle()), process.descendants());
    Stream<ProcessHandle> others =
        beside.get().stream()
            .flatMap(other -> Stream.concat(Stream.of(other), other.descendants()));
    return Stream.concat(children, others).toList();
  }
}
