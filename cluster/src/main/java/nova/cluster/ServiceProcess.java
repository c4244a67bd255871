package nova.cluster;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// One service of Nova as a process of its own, with its output in files.
///
/// *Thread-safe.*
public final class ServiceProcess implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(90); // for busy machines
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(40);
  private static final String READY = "nova ready ";

  private final String name;
  private final Process process;
  private final Path out;
  private final Path err;
  private final Path data;

  private ServiceProcess(String name, Process process, Path out, Path err, Path data) {
    this.name = name;
    this.process = process;
    this.out = out;
    this.err = err;
    this.data = data;
  }

  /// Starts one and does not wait for it.
  ///
  /// @param name of its files, such as `transcode-2`
  /// @param command all of it
  /// @param environment its settings; others of Nova are not inherited
  static ServiceProcess start(
      String name, List<String> command, Map<String, String> environment, Path folder)
      throws IOException {
    Files.createDirectories(folder);
    Path out = folder.resolve(name + ".out");
    Path err = folder.resolve(name + ".log");
    Path data = folder.resolve(name);
    ProcessBuilder builder =
        builder(command, environment).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().put("NOVA_DATA", data.toString());
    return new ServiceProcess(name, builder.start(), out, err, data);
  }

  /// A command with these settings of Nova and no others, whatever the user's shell has.
  static ProcessBuilder builder(List<String> command, Map<String, String> environment) {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
    builder.environment().keySet().removeIf(variable -> variable.startsWith("NOVA_"));
    builder.environment().putAll(environment);
    return builder;
  }

  public String name() {
    return name;
  }

  /// What it wrote to stderr.
  public Path log() {
    return err;
  }

  /// Its data folder, for commands that ask it.
  public Path data() {
    return data;
  }

  public long pid() {
    return process.pid();
  }

  /// The process, to be measured.
  public ProcessHandle handle() {
    return process.toHandle();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /// Its child processes, such as workers.
  public Stream<ProcessHandle> children() {
    return process.children();
  }

  /// Waits until it says that it accepts.
  ///
  /// @throws IOException when it ends before, or takes too long
  public void awaitReady() throws IOException, InterruptedException {
    long deadlineNs = System.nanoTime() + PATIENCE.toNanos();
    while (readyLine().isEmpty()) {
      boolean over = process.waitFor(50, TimeUnit.MILLISECONDS);
      if (over || System.nanoTime() > deadlineNs) {
        throw new IOException(
            "%s %s; the end of %s:%n%s"
                .formatted(name, over ? "ended" : "does not become ready", err, endOfLog()));
      }
    }
  }

  private Optional<String> readyLine() throws IOException {
    String said = Files.readString(out);
    int end = said.lastIndexOf('\n'); // what follows is half a line
    return said.substring(0, Math.max(0, end))
        .lines()
        .filter(line -> line.startsWith(READY))
        .findFirst();
  }

  /// The address that a ready service named so: `http`, or `rtmp` of an ingest.
  public String address(String protocol) {
    try {
      return readyLine().stream()
          .flatMap(line -> Stream.of(line.split(" ")))
          .filter(word -> word.startsWith(protocol + "="))
          .map(word -> word.substring(protocol.length() + 1))
          .findFirst()
          .orElseThrow(() -> new IllegalStateException("%s named no %s".formatted(name, protocol)));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private String endOfLog() throws IOException {
    List<String> lines = Files.readAllLines(err);
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
  }

  /// Ends it at once, without a word, as `kill -9` does. Its children see the end of their pipes.
  public void kill() {
    Process _ = process.destroyForcibly();
    Process _ = process.onExit().join();
  }

  /// Lets it hang: nothing of it moves, and its connections stay.
  public void freeze() throws IOException, InterruptedException {
    signal("-STOP");
  }

  /// Lets it go on after [#freeze].
  public void thaw() throws IOException, InterruptedException {
    signal("-CONT");
  }

  private void signal(String signal) throws IOException, InterruptedException {
    int exit = new ProcessBuilder("kill", signal, Long.toString(pid())).start().waitFor();
    if (exit != 0) {
      throw new IOException("kill %s %s ended with %d".formatted(signal, name, exit));
    }
  }

  /// Asks it to end, as an orchestrator does, and waits until it has.
  ///
  /// @return its exit code
  public int terminate() throws IOException, InterruptedException {
    process.destroy();
    if (!process.waitFor(STOP_PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      kill();
      throw new IOException(
          "%s did not end within %d s and was killed".formatted(name, STOP_PATIENCE.toSeconds()));
    }
    return process.exitValue();
  }

  /// Ends it in order if that is possible, and else at once.
  @Override
  public void close() {
    List<ProcessHandle> all = Stream.concat(children(), Stream.of(process.toHandle())).toList();
    process.destroy();
    try {
      boolean _ = process.waitFor(STOP_PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    all.forEach(ProcessHandle::destroyForcibly);
    Process _ = process.onExit().join();
  }
}
