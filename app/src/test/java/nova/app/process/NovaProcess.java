package nova.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import nova.app.local.LocalServer;

/// `nova` as its users run it: a process of its own with its output in files.
///
/// *Confined to its creator's thread.*
public final class NovaProcess implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60); // for busy machines
  private static final String[] ANY_PORTS = {
    "--bind", "127.0.0.1", "--rtmp-port", "0", "--http-port", "0"
  };

  private final Process process;
  private final Path out;
  private final Path err;
  private final Path data;
  private final HttpClient http = HttpClient.newHttpClient();

  private NovaProcess(Process process, Path out, Path err, Path data) {
    this.data = data;
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /// Runs any command line in `folder`, with no setting in the environment but those given.
  public static NovaProcess run(Path folder, Map<String, String> environment, String... arguments)
      throws IOException {
    return run(folder, environment, System.getProperty("nova.worker", ""), arguments);
  }

  /// As [#run(Path, Map, String...)], with the worker's jars in another folder.
  static NovaProcess run(Path folder, Path worker, String... arguments) throws IOException {
    return run(folder, Map.of(), worker.toString(), arguments);
  }

  private static NovaProcess run(
      Path folder, Map<String, String> environment, String worker, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx256m");
    command.add("-XX:MaxDirectMemorySize=1g");
    command.add("-XX:TieredStopAtLevel=1");
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("--sun-misc-unsafe-memory-access=allow");
    command.add("-Dnova.worker=" + worker);
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
    if (!environment.containsKey("NOVA_DATABASE_URL")) {
      builder.environment().putAll(TestPostgres.environment(folder));
    }
    builder.environment().putAll(environment);
    return new NovaProcess(builder.start(), out, err, dataFolder(folder, List.of(arguments)));
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

  /// `rtmp://host:port` and `applicationAndKey` of a ready server.
  public String rtmp(String applicationAndKey) throws IOException {
    URI rtmp = URI.create(ready().rtmp());
    return "rtmp://" + rtmp.getHost() + ":" + rtmp.getPort() + applicationAndKey;
  }

  /// The address of a page of a ready server.
  public URI web(String path) throws IOException {
    return URI.create(ready().http()).resolve(path);
  }

  /// Asks for `path`; what needs a token gets that of the machine's owner.
  public HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return send(path, request -> request);
  }

  /// Posts a JSON body as the machine's owner.
  public HttpResponse<String> post(String path, String body)
      throws IOException, InterruptedException {
    return send(
        path,
        request ->
            request
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  private HttpResponse<String> send(String path, UnaryOperator<HttpRequest.Builder> kind)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        kind.apply(HttpRequest.newBuilder(web(path)).timeout(Duration.ofSeconds(30)));
    if (path.startsWith("/api/") || path.startsWith("/metrics")) {
      request = request.header("Authorization", "Bearer " + ownersToken());
    }
    return http.send(request.build(), BodyHandlers.ofString());
  }

  /// The token of whoever can read the data folder.
  public String ownersToken() {
    return LocalServer.find(data).orElseThrow().token();
  }

  /// Asks for `path` until the body satisfies `condition`; the bound is generous and only met by a
  /// failure.
  public String await(String path, Predicate<String> condition)
      throws IOException, InterruptedException {
    long deadlineNs = System.nanoTime() + PATIENCE.toNanos();
    String last = "";
    while (System.nanoTime() < deadlineNs) {
      HttpResponse<String> response = get(path);
      last = response.statusCode() + " " + response.body();
      if (response.statusCode() == 200 && condition.test(response.body())) {
        return response.body();
      }
      if (process.waitFor(100, TimeUnit.MILLISECONDS)) {
        break;
      }
    }
    throw new AssertionError(path + " never satisfied the condition; last answer: " + last);
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

  /// A worker process of this server.
  public ProcessHandle worker(String mainClass) {
    return process
        .descendants()
        .filter(ProcessHandle::isAlive)
        .filter(child -> child.info().commandLine().orElse("").contains(mainClass))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no process runs " + mainClass));
  }

  public long pid() {
    return process.pid();
  }

  /// The child processes that run this main class.
  public Stream<ProcessHandle> workers(String mainClass) {
    return process
        .children()
        .filter(child -> child.info().commandLine().orElse("").endsWith(mainClass));
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
    http.close();
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
