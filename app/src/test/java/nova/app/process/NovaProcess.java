package nova.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import nova.app.local.LocalServer;

/// `nova` as its users run it: a process of its own with its output in files.
///
/// *Confined to its creator's thread.*
public final class NovaProcess extends RunningNova {
  private static final Duration PATIENCE = Duration.ofSeconds(60); // for busy machines
  static final String WORKER = System.getProperty("nova.worker", "");
  private static final String[] ANY_PORTS = {
    "--bind", "127.0.0.1", "--rtmp-port", "0", "--http-port", "0"
  };

  private final Process process;
  private final Path out;
  private final Path err;
  private final Path folder;
  private final Map<String, String> environment;
  private final Path data;

  private NovaProcess(
      Process process,
      Path out,
      Path err,
      Path folder,
      Map<String, String> environment,
      Path data) {
    this.folder = folder;
    this.environment = environment;
    this.data = data;
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /// Runs any command line in `folder`, with no setting in the environment but those given.
  public static NovaProcess run(Path folder, Map<String, String> environment, String... arguments)
      throws IOException {
    return run(folder, environment, WORKER, arguments);
  }

  /// As [#run(Path, Map, String...)], with the worker's jars in another folder.
  static NovaProcess run(Path folder, Path worker, String... arguments) throws IOException {
    return run(folder, Map.of(), worker.toString(), arguments);
  }

  private static NovaProcess run(
      Path folder, Map<String, String> environment, String worker, String... arguments)
      throws IOException {
    List<String> command = command(worker);
    command.addAll(List.of(arguments));
    Path out = Files.createTempFile(folder, "out", ".txt");
    Path err = Files.createTempFile(folder, "err", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("NOVA_"));
    if (!environment.containsKey("NOVA_DATABASE_URL")) {
      builder.environment().putAll(TestPostgres.environment(folder));
    }
    builder.environment().putAll(environment);
    return new NovaProcess(
        builder.start(), out, err, folder, environment, dataFolder(folder, List.of(arguments)));
  }

  /// The `nova` command of what was built, without words.
  static List<String> command(String worker) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx512m"); // ingest needs 400 MiB with its usual settings
    command.add("-XX:MaxDirectMemorySize=1g");
    command.add("-XX:TieredStopAtLevel=1");
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("--sun-misc-unsafe-memory-access=allow");
    command.add("-Dnova.worker=" + worker);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add("nova.app.Main");
    return command;
  }

  private static Path dataFolder(Path folder, List<String> arguments) {
    int option = arguments.indexOf("--data");
    return folder.resolve(option < 0 ? "nova-data" : arguments.get(option + 1));
  }

  /// Runs a command that serves, `start` or `demo`, on free ports of the loopback.
  public static NovaProcess serve(Path folder, String command, String... options)
      throws IOException {
    return serve(folder, Map.of(), command, options);
  }

  /// As [#serve(Path, String, String...)], with settings in the environment.
  public static NovaProcess serve(
      Path folder, Map<String, String> environment, String command, String... options)
      throws IOException {
    List<String> arguments = new ArrayList<>(List.of(command));
    arguments.addAll(Arrays.asList(ANY_PORTS));
    arguments.addAll(List.of(options));
    return run(folder, environment, arguments.toArray(String[]::new));
  }

  /// As [#serve] for `start`, and waits until the server accepts.
  public static NovaProcess start(Path folder, String... options)
      throws IOException, InterruptedException {
    return start(folder, Map.of(), options);
  }

  /// As [#start(Path, String...)], with settings in the environment.
  public static NovaProcess start(Path folder, Map<String, String> environment, String... options)
      throws IOException, InterruptedException {
    NovaProcess nova = serve(folder, environment, "start", options);
    try {
      nova.awaitReady();
      return nova;
    } catch (AssertionError e) {
      nova.close();
      throw e;
    }
  }

  /// Waits for the line that says the server accepts.
  public Ready awaitReady() throws IOException, InterruptedException {
    awaitText(out, "nova ready ", 50);
    return ready();
  }

  /// Waits until `text` stands in what the process wrote to stdout, and returns its whole line.
  public String awaitOut(String text) throws IOException, InterruptedException {
    return awaitText(out, text, 50);
  }

  /// Waits until `text` stands in what the process wrote to stderr.
  public void awaitErr(String text) throws IOException, InterruptedException {
    String _ = awaitText(err, text, 10);
  }

  private String awaitText(Path file, String text, long everyMs)
      throws IOException, InterruptedException {
    long deadlineNs = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      boolean over = process.waitFor(everyMs, TimeUnit.MILLISECONDS);
      String said = Files.readString(file);
      int end = said.lastIndexOf('\n'); // what follows is half a line
      Optional<String> line =
          said.substring(0, Math.max(0, end)).lines().filter(l -> l.contains(text)).findFirst();
      if (line.isPresent()) {
        return line.get();
      }
      if (over || System.nanoTime() > deadlineNs) {
        throw new AssertionError("nova did not say '" + text + "':\n" + out() + err());
      }
    }
  }

  private Ready ready() throws IOException {
    return Files.readAllLines(out).stream()
        .filter(line -> line.startsWith("nova ready "))
        .map(Ready::parse)
        .findFirst()
        .orElseThrow(() -> new AssertionError("nova is not ready yet"));
  }

  @Override
  public String rtmp(String applicationAndKey) throws IOException {
    URI rtmp = URI.create(ready().rtmp());
    return "rtmp://" + rtmp.getHost() + ":" + rtmp.getPort() + applicationAndKey;
  }

  @Override
  public URI web(String path) throws IOException {
    return URI.create(ready().http()).resolve(path);
  }

  @Override
  public String ownersToken() {
    return LocalServer.find(data).orElseThrow().token();
  }

  @Override
  public String metrics() throws IOException, InterruptedException {
    return get("/metrics").body();
  }

  @Override
  public NovaProcess command(String... words) throws IOException {
    return run(folder, environment, words);
  }

  @Override
  boolean endsWithin(long ms) throws InterruptedException {
    return process.waitFor(ms, TimeUnit.MILLISECONDS);
  }

  /// Waits for the end and returns the exit code.
  public int awaitExit() throws IOException, InterruptedException {
    assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
        .as("nova ended; it said%n%s%s", out(), err())
        .isTrue();
    return process.exitValue();
  }

  /// Sends SIGTERM.
  public void terminate() {
    process.destroy();
  }

  public long pid() {
    return process.pid();
  }

  @Override
  Stream<ProcessHandle> descendants() {
    return process.descendants();
  }

  public String out() throws IOException {
    return Files.readString(out);
  }

  public String err() throws IOException {
    return Files.readString(err);
  }

  @Override
  public void close() {
    process.destroy(); // a database of its own would outlive a kill
    try {
      if (!process.waitFor(15, TimeUnit.SECONDS)) {
        Process _ = process.destroyForcibly();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      Process _ = process.destroyForcibly();
    }
    Process _ = process.onExit().join();
    super.close();
  }

  /// The addresses of a ready server.
  public record Ready(String rtmp, String http) {
    static Ready parse(String line) {
      String[] words = line.split(" ");
      assertThat(words).hasSize(4);
      return new Ready(words[2].substring("rtmp=".length()), words[3].substring("http=".length()));
    }
  }
}
