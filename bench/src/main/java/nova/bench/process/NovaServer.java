package nova.bench.process;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nova.app.local.LocalServer;
import nova.control.database.Database;
import nova.control.database.EmbeddedPostgres;
import nova.control.quality.QualityLevel;
import nova.control.quality.QualityLevelRepository;

/// Nova as a user runs it: `./nova start` on free ports of loopback.
///
/// *Thread-safe.*
public final class NovaServer implements AutoCloseable {
  /// Its peers encode nothing either; what encoding costs has a benchmark of its own.
  private static final Map<String, String> NOTHING_ENCODED =
      Map.of("NOVA_TRANSCODE_LADDER_POLICY", "none");

  private static final Duration READY_TIMEOUT = Duration.ofSeconds(60);
  private static final int LADDER_FRAME_RATE = 30;
  private static final Pattern READY =
      Pattern.compile("nova ready rtmp=\\S*?:(\\d+)\\S* http=\\S*?:(\\d+)\\S*");

  private final ServerProcess process;
  private final int rtmpPort;
  private final int httpPort;
  private final Path data;
  private final GcLog gcLog;
  private final long startNanos;

  private NovaServer(
      ServerProcess process, int rtmpPort, int httpPort, Path data, GcLog gcLog, long startNanos) {
    this.process = process;
    this.data = data;
    this.rtmpPort = rtmpPort;
    this.httpPort = httpPort;
    this.gcLog = gcLog;
    this.startNanos = startNanos;
  }

  /// Starts a server with a fresh data directory and channels `bench0`, `bench1`, … and waits until
  /// it says it is ready.
  ///
  /// @param extraJvmFlags for profiling a run by hand; usually empty
  public static NovaServer start(Path folder, int channels, String extraJvmFlags)
      throws IOException, InterruptedException {
    return start(folder, folder.resolve("data"), channels, NOTHING_ENCODED, extraJvmFlags);
  }

  /// As [#start], with one channel whose streams get the usual ladder.
  public static NovaServer startWithLadder(Path folder, String extraJvmFlags)
      throws IOException, InterruptedException {
    return start(folder, 1, Map.of(), extraJvmFlags);
  }

  /// As [#start], with settings by the names of their environment variables, and nothing else that
  /// differs from what a user gets.
  public static NovaServer start(
      Path folder, int channels, Map<String, String> settings, String extraJvmFlags)
      throws IOException, InterruptedException {
    return start(folder, folder.resolve("data"), channels, settings, extraJvmFlags);
  }

  /// As [#start], with the data directory that an earlier start left behind.
  public static NovaServer startAgain(Path folder, String extraJvmFlags)
      throws IOException, InterruptedException {
    return start(folder, folder.resolve("nothing"), 0, NOTHING_ENCODED, extraJvmFlags);
  }

  /// As [#startAgain], with nothing in the data directory: the server makes it, and its database.
  public static NovaServer startFirst(Path folder, String extraJvmFlags)
      throws IOException, InterruptedException {
    Folders.delete(folder.resolve("data"));
    return startAgain(folder, extraJvmFlags);
  }

  /// Gives the server that is started in a folder next other quality levels than a new one has.
  ///
  /// @param ladder heights and bits per second
  public static void prepareLadder(Path folder, Map<Integer, Long> ladder) {
    QualityLevelRepository levels = new QualityLevelRepository();
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(folder.resolve("data"));
        Database database = Database.open(postgres.config(2, READY_TIMEOUT))) {
      Instant now = Instant.now();
      database.useTransaction(
          handle -> {
            for (QualityLevel level : levels.list(handle)) {
              boolean _ = levels.delete(handle, level.name());
            }
            ladder.forEach(
                (height, bitrateBps) ->
                    levels.insert(
                        handle,
                        new QualityLevel(
                            height, bitrateBps, LADDER_FRAME_RATE, true, 1, now, now)));
          });
    }
  }

  private static NovaServer start(
      Path folder, Path scratch, int channels, Map<String, String> settings, String extraJvmFlags)
      throws IOException, InterruptedException {
    Files.createDirectories(folder);
    Path data = folder.resolve("data");
    Path gcLog = folder.resolve("gc.log");
    Files.deleteIfExists(gcLog);
    List<String> arguments =
        new ArrayList<>(
            List.of(
                novaCommand().toString(),
                "start",
                "--bind",
                "127.0.0.1",
                "--rtmp-port",
                "0",
                "--http-port",
                "0",
                "--data",
                data.toString()));
    for (int channel = 0; channel < channels; channel++) {
      arguments.add("--stream-key");
      arguments.add(channel(channel) + "=" + streamKey(channel));
    }
    ProcessBuilder command = new ProcessBuilder(arguments);
    command.environment().keySet().removeIf(variable -> variable.startsWith("NOVA_"));
    command.environment().putAll(settings);
    command.environment().put("JAVA_OPTS", "-Xlog:gc:file=" + gcLog + " " + extraJvmFlags);
    long beganAt = System.nanoTime();
    ServerProcess process =
        ServerProcess.start(
            "nova",
            command,
            folder.resolve("nova.log"),
            scratch,
            () -> EmbeddedDatabase.find(data).map(EmbeddedDatabase::postmaster));
    try {
      Matcher ready = awaitReady(process);
      return new NovaServer(
          process,
          Integer.parseInt(ready.group(1)),
          Integer.parseInt(ready.group(2)),
          data,
          new GcLog(gcLog),
          System.nanoTime() - beganAt);
    } catch (IOException | InterruptedException | RuntimeException e) {
      process.close();
      throw e;
    }
  }

  /// The benchmarks run in the source tree, where `nova` builds and starts the server.
  private static Path novaCommand() throws IOException {
    Path command = Path.of("nova").toAbsolutePath();
    if (!Files.isExecutable(command)) {
      throw new IOException(command + " is not there; run the benchmarks in Nova's source tree");
    }
    return command;
  }

  private static Matcher awaitReady(ServerProcess process)
      throws IOException, InterruptedException {
    CompletableFuture<Matcher> ready = new CompletableFuture<>();
    Thread.ofVirtual().name("nova-stdout").start(() -> readOutput(process, ready));
    try {
      return ready.get(READY_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw process.failure("did not say 'nova ready rtmp=… http=…'");
    }
  }

  /// Reads to the end, so that the server never waits for us. Flight recordings announce themselves
  /// there, too.
  private static void readOutput(ServerProcess process, CompletableFuture<Matcher> ready) {
    try (BufferedReader out = process.process().inputReader(StandardCharsets.UTF_8)) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        Matcher matcher = READY.matcher(line);
        if (matcher.find()) {
          ready.complete(matcher);
        }
      }
      ready.completeExceptionally(new EOFException("the server ended"));
    } catch (IOException e) {
      ready.completeExceptionally(e);
    }
  }

  public static String channel(int number) {
    return "bench" + number;
  }

  private static String streamKey(int channel) {
    return "bench-secret-key-" + channel;
  }

  /// Of the server and its workers.
  public ProcessUsage usage() throws IOException {
    return process.usage();
  }

  /// Without its workers, as the one that makes posters.
  public ProcessUsage usageWithoutWorkers() throws IOException {
    return ProcessUsage.ofAlone(handle());
  }

  /// The server's own process, whose children are its workers.
  public ProcessHandle handle() {
    return process.process().toHandle();
  }

  /// From the start of the command to its line that says it is ready.
  public long startNanos() {
    return startNanos;
  }

  /// The pauses of its garbage collector.
  public GcLog gcLog() {
    return gcLog;
  }

  /// Where to publish to a channel.
  public String publishUrl(int channel) {
    return "rtmp://127.0.0.1:%d/live/%s".formatted(rtmpPort, streamKey(channel));
  }

  public int httpPort() {
    return httpPort;
  }

  public String httpUrl(String path) {
    return "http://127.0.0.1:%d%s".formatted(httpPort, path);
  }

  /// What it says of itself now.
  public Gauges gauges() throws IOException, InterruptedException {
    return Gauges.read(URI.create(httpUrl("/metrics")), token());
  }

  /// Of the API, for everything and for as long as the server runs.
  public String token() {
    return LocalServer.find(data)
        .orElseThrow(() -> new IllegalStateException("no server runs on " + data))
        .token();
  }

  /// The database that the server runs beside itself.
  public EmbeddedDatabase database() {
    return EmbeddedDatabase.find(data)
        .orElseThrow(() -> new IllegalStateException("no database runs in " + data));
  }

  @Override
  public void close() {
    process.close();
  }
}
