package nova.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A Nova server in a process of its own, started from the test's class path as `./nova` would
/// start it.
final class NovaProcess implements AutoCloseable {
  private static final Pattern READY =
      Pattern.compile("nova ready rtmp=(rtmp://\\S+) http=(http://\\S+)");

  private final Process process;
  private final List<String> log = new CopyOnWriteArrayList<>();
  private final HttpClient http = HttpClient.newHttpClient();
  private final URI rtmp;
  private final URI web;

  private NovaProcess(Process process) {
    this.process = process;
    CompletableFuture<Matcher> ready = new CompletableFuture<>();
    follow("nova-stderr", process.errorReader(StandardCharsets.UTF_8), log::add);
    follow(
        "nova-stdout",
        process.inputReader(StandardCharsets.UTF_8),
        line -> {
          log.add(line);
          Matcher matcher = READY.matcher(line);
          if (matcher.find()) {
            ready.complete(matcher);
          }
        });
    Matcher matcher =
        ready
            .orTimeout(60, TimeUnit.SECONDS)
            .exceptionally(
                failure -> {
                  process.destroyForcibly();
                  throw new AssertionError("no ready line; log:\n" + String.join("\n", log));
                })
            .join();
    this.rtmp = URI.create(matcher.group(1));
    this.web = URI.create(matcher.group(2));
  }

  /// Starts `nova start` on free ports with a data directory of the test's, and waits for its ready
  /// line.
  static NovaProcess start(Path data, String... options) {
    return command(data, "start", options);
  }

  /// Starts a command that ends up serving.
  static NovaProcess command(Path data, String command, String... options) {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(List.of("-Xmx256m", "-XX:MaxDirectMemorySize=700m"));
    line.addAll(List.of("--enable-native-access=ALL-UNNAMED"));
    line.add("--sun-misc-unsafe-memory-access=allow");
    line.addAll(List.of("-cp", System.getProperty("java.class.path"), "nova.app.Main", command));
    line.addAll(List.of("--data", data.toString(), "--bind", "127.0.0.1"));
    line.addAll(List.of("--rtmp-port", "0", "--http-port", "0"));
    line.addAll(List.of(options));
    try {
      return new NovaProcess(new ProcessBuilder(line).start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// `rtmp://host:port`, without application or key.
  String rtmp(String applicationAndKey) {
    return "rtmp://" + rtmp.getHost() + ":" + rtmp.getPort() + applicationAndKey;
  }

  URI web(String path) {
    return web.resolve(path);
  }

  /// Everything the process printed so far, standard error and output.
  List<String> log() {
    return log;
  }

  long pid() {
    return process.pid();
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(web(path)).timeout(Duration.ofSeconds(30)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /// Polls `path` until the body satisfies `condition`; the bound is generous and only met by a
  /// failure.
  String await(String path, Predicate<String> condition) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    String last = "";
    while (System.nanoTime() < deadline) {
      HttpResponse<String> response = get(path);
      last = response.statusCode() + " " + response.body();
      if (response.statusCode() == 200 && condition.test(response.body())) {
        return response.body();
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
    throw new AssertionError(path + " never satisfied the condition; last answer: " + last);
  }

  /// Sends SIGTERM and returns the exit code.
  int terminate() throws InterruptedException {
    process.destroy();
    assertThat(process.waitFor(15, TimeUnit.SECONDS)).as("ended within 15 s of SIGTERM").isTrue();
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(15, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    http.close();
  }

  private static void follow(String name, BufferedReader reader, Consumer<String> onLine) {
    Thread.ofPlatform()
        .daemon()
        .name(name)
        .start(
            () -> {
              try (reader) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                  onLine.accept(line);
                }
              } catch (IOException e) {
                // The process is gone; what it said is in the log.
              }
            });
  }
}
