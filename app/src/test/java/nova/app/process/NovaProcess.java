package nova.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// `nova` as its users run it: a process of its own with its output in files.
///
/// *Confined to its creator's thread.*
final class NovaProcess implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60); // for busy machines

  private final Process process;
  private final Path out;
  private final Path err;

  private NovaProcess(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  static NovaProcess run(Path folder, Map<String, String> environment, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx256m");
    command.add("-XX:MaxDirectMemorySize=1g");
    command.add("-XX:TieredStopAtLevel=1");
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("--sun-misc-unsafe-memory-access=allow");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add("nova.app.Main");
    command.addAll(List.of(arguments));
    Path out = Files.createTempFile(folder, "out", ".txt");
    Path err = Files.createTempFile(folder, "err", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("NOVA_"));
    builder.environment().putAll(environment);
    return new NovaProcess(builder.start(), out, err);
  }

  /// Waits for the line that says the server accepts.
  Ready awaitReady() throws IOException, InterruptedException {
    long deadlineNs = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < deadlineNs) {
      for (String line : Files.readAllLines(out)) {
        if (line.startsWith("nova ready ")) {
          return Ready.parse(line);
        }
      }
      if (process.waitFor(50, TimeUnit.MILLISECONDS)) {
        break;
      }
    }
    throw new AssertionError("nova did not become ready:\n" + out() + err());
  }

  /// Waits until `text` stands in what the process wrote to stderr.
  void awaitErr(String text) throws IOException, InterruptedException {
    long deadlineNs = System.nanoTime() + PATIENCE.toNanos();
    while (!err().contains(text)) {
      if (process.waitFor(10, TimeUnit.MILLISECONDS) || System.nanoTime() > deadlineNs) {
        throw new AssertionError("nova did not say '" + text + "':\n" + out() + err());
      }
    }
  }

  /// Waits for the end and returns the exit code.
  int awaitExit() throws IOException, InterruptedException {
    assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
        .as("nova ended; it said%n%s%s", out(), err())
        .isTrue();
    return process.exitValue();
  }

  void terminate() {
    process.destroy(); // SIGTERM
  }

  String out() throws IOException {
    return Files.readString(out);
  }

  String err() throws IOException {
    return Files.readString(err);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  /// The addresses of a ready server.
  record Ready(String rtmp, String http) {
    static Ready parse(String line) {
      String[] words = line.split(" ");
      assertThat(words).hasSize(4);
      return new Ready(words[2].substring("rtmp=".length()), words[3].substring("http=".length()));
    }
  }
}
