package nova.cluster;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import redis.embedded.core.ExecutableProvider;

/// A Redis on a free port of loopback that keeps everything in memory: the 6.2 of a library, or the
/// program that `-Dnova.redis` names.
///
/// *Confined to its owner's thread.*
public final class EmbeddedRedis implements AutoCloseable {
  private static final Path TARGET = Path.of("target");
  private static final int STOP_SECONDS = 5;

  private final File program;
  private final List<String> settings;
  private final int port;
  private @Nullable Process process;

  private EmbeddedRedis(File program, List<String> settings, int port) {
    this.program = program;
    this.settings = settings;
    this.port = port;
  }

  /// Starts one.
  ///
  /// @param settings further arguments of the program, such as `--databases`, `1`
  public static EmbeddedRedis open(String... settings) {
    try {
      EmbeddedRedis redis = new EmbeddedRedis(program(), List.of(settings), FreePorts.any());
      redis.start();
      return redis;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static File program() throws IOException {
    String named = System.getProperty("nova.redis", "");
    if (!named.isEmpty()) {
      return new File(named);
    }
    Path folder = Files.createDirectories(TARGET.resolve("redis").toAbsolutePath());
    // Two test JVMs of one module may unpack at once.
    return ExecutableProvider.newJarResourceProvider(
            Files.createTempDirectory(folder, "program").toFile())
        .get();
  }

  /// Starts it again on the same port, empty.
  public void start() {
    List<String> command = new ArrayList<>();
    command.add(program.getPath());
    command.addAll(List.of("--bind", "127.0.0.1", "--save", "", "--appendonly", "no"));
    if (!settings.contains("--port")) {
      command.addAll(List.of("--port", Integer.toString(port)));
    }
    command.addAll(settings);
    try {
      Process started =
          new ProcessBuilder(command)
              .directory(program.getParentFile())
              .redirectErrorStream(true)
              .start();
      process = started;
      awaitReady(started);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitReady(Process started) throws IOException {
    List<String> said = new ArrayList<>();
    BufferedReader out =
        new BufferedReader(new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8));
    String line = out.readLine();
    while (line != null && !line.contains("eady to accept connections")) {
      said.add(line);
      line = out.readLine();
    }
    if (line == null) {
      throw new IOException("Redis did not start: " + String.join("\n", said));
    }
    Thread.ofVirtual().start(() -> out.lines().forEach(_ -> {})); // so that it never blocks
  }

  /// Ends it at once; all that it knew is lost.
  public void stop() {
    Process running = process;
    process = null;
    if (running != null) {
      running.destroyForcibly();
      try {
        if (!running.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
          throw new IllegalStateException("Redis does not end");
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /// Stops it and starts it again, empty.
  public void restart() {
    stop();
    start();
  }

  /// Lets it hang: connections stay, and nothing is answered.
  public void freeze() {
    signal("-STOP");
  }

  /// Lets it go on after [#freeze].
  public void thaw() {
    signal("-CONT");
  }

  /// Has it refuse whatever is written, as a replica that nobody made the master yet, and answer
  /// questions as ever.
  public void refuseWrites() {
    tell("REPLICAOF 127.0.0.1 1");
  }

  /// Ends [#refuseWrites]; it knows what it knew.
  public void takeWrites() {
    tell("REPLICAOF NO ONE");
  }

  private void tell(String command) {
    try (Socket connection = new Socket(InetAddress.getLoopbackAddress(), port)) {
      connection.setSoTimeout(STOP_SECONDS * 1_000);
      connection.getOutputStream().write((command + "\r\n").getBytes(US_ASCII));
      String answer =
          new BufferedReader(new InputStreamReader(connection.getInputStream(), US_ASCII))
              .readLine();
      if (!"+OK".equals(answer)) {
        throw new IOException("Redis answers %s to %s".formatted(answer, command));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void signal(String signal) {
    Process running = process;
    if (running == null) {
      throw new IllegalStateException("Redis does not run");
    }
    try {
      int exit = new ProcessBuilder("kill", signal, Long.toString(running.pid())).start().waitFor();
      if (exit != 0) {
        throw new IllegalStateException("kill %s ended with %d".formatted(signal, exit));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  public int port() {
    return port;
  }

  /// Its address for clients.
  public String url() {
    return "redis://127.0.0.1:" + port;
  }

  @Override
  public void close() {
    stop();
  }
}
