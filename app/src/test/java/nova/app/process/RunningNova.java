package nova.app.process;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// Nova as its users reach it, whatever it consists of: one process, or services of a cluster when
/// the tests run with `-Dnova.test.cluster=true`.
///
/// *Confined to its creator's thread.*
public abstract class RunningNova implements AutoCloseable {
  /// Small pictures, because browsers decode on the same cores that encode.
  public static final Map<Integer, Long> SMALL_LADDER =
      Map.of(480, 2_500_000L, 360, 1_000_000L, 240, 450_000L);

  private static final Duration PATIENCE = Duration.ofSeconds(60); // for busy machines
  private static final boolean CLUSTER = Boolean.getBoolean("nova.test.cluster");
  private static final String CHANNEL = "live";
  private static final String KEY = "a-secret-key-for-tests";

  private final HttpClient http = HttpClient.newHttpClient();

  RunningNova() {}

  /// Starts one that a broadcaster can publish to.
  public static RunningNova start(Path folder) throws IOException, InterruptedException {
    return CLUSTER
        ? NovaCluster.open()
        : NovaProcess.start(folder, "--stream-key", CHANNEL + "=" + KEY);
  }

  /// As [#start(Path)], with [#SMALL_LADDER].
  public static RunningNova startWithSmallLadder(Path folder)
      throws IOException, InterruptedException {
    return CLUSTER
        ? NovaCluster.open() // which has no other
        : PreparedLadder.start(folder, SMALL_LADDER, Map.of(), "--stream-key", CHANNEL + "=" + KEY);
  }

  /// The channel of its broadcaster, on which nothing was live before.
  public String channel() {
    return CHANNEL;
  }

  /// Where the broadcaster of [#channel] publishes.
  public String publishUrl() throws IOException {
    return rtmp("/live/" + KEY);
  }

  /// `rtmp://host:port` and `applicationAndKey`.
  public abstract String rtmp(String applicationAndKey) throws IOException;

  /// The address of a page, a playlist or an operation.
  public abstract URI web(String path) throws IOException;

  /// The token of whoever can read the data folder.
  public abstract String ownersToken();

  /// How long a change by the API may take until viewers see it.
  public Duration changesWithin() {
    return Duration.ZERO;
  }

  /// What Prometheus reads of all that runs.
  public abstract String metrics() throws IOException, InterruptedException;

  /// Runs a command of an operator on the same machine.
  public abstract NovaProcess command(String... words) throws IOException;

  /// What it started.
  abstract Stream<ProcessHandle> descendants();

  /// Waits at most that long for its end.
  ///
  /// @return whether it has ended
  abstract boolean endsWithin(long ms) throws InterruptedException;

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
    boolean guarded = path.startsWith("/api/") || path.startsWith("/metrics");
    return send(web(path), guarded ? ownersToken() : "", kind);
  }

  /// @param token empty for none
  HttpResponse<String> send(URI uri, String token, UnaryOperator<HttpRequest.Builder> kind)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        kind.apply(HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(30)));
    if (!token.isEmpty()) {
      request = request.header("Authorization", "Bearer " + token);
    }
    return http.send(request.build(), BodyHandlers.ofString());
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
      if (endsWithin(100)) {
        break;
      }
    }
    throw new AssertionError(path + " never satisfied the condition; last answer: " + last);
  }

  /// The worker process that runs this main class.
  public ProcessHandle worker(String mainClass) {
    return workers(mainClass)
        .findFirst()
        .orElseThrow(() -> new AssertionError("no process runs " + mainClass));
  }

  /// The worker processes that run this main class.
  public Stream<ProcessHandle> workers(String mainClass) {
    return descendants()
        .filter(ProcessHandle::isAlive)
        .filter(child -> child.info().commandLine().orElse("").contains(mainClass));
  }

  @Override
  public void close() {
    http.close();
  }
}
