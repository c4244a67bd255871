package nova.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Runs `ffprobe` and `ffmpeg` from the PATH on files and URLs: the second opinion on what Nova
/// writes. Every run has a deadline and its process is killed after it.
///
/// *Thread-safe.*
public final class Ffprobe {
  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(60);
  private static final ObjectMapper JSON = new ObjectMapper();

  private Ffprobe() {}

  /// One packet as `ffprobe -show_packets` reports it; times in ticks of the stream.
  ///
  /// @param md5 of the payload, 32 hexadecimal digits
  public record Packet(
      int streamIndex,
      String codecType,
      long pts,
      long dts,
      long duration,
      int sizeBytes,
      boolean key,
      String md5) {}

  /// What `ffprobe -of json` says with these options, such as `-show_streams`.
  public static JsonNode json(String input, String... options) {
    return json(DEFAULT_TIMEOUT, input, options);
  }

  /// As [#json(String, String...)], with a deadline.
  public static JsonNode json(Duration timeout, String input, String... options) {
    List<String> command = new ArrayList<>(List.of("ffprobe", "-v", "error", "-of", "json"));
    command.addAll(List.of(options));
    command.addAll(List.of("-i", input));
    try {
      return JSON.readTree(run(command, timeout));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The streams of `input`.
  public static List<JsonNode> streams(String input) {
    return List.copyOf(json(input, "-show_streams").path("streams").valueStream().toList());
  }

  /// All packets of `input` in file order.
  public static List<Packet> packets(String input) {
    List<Packet> packets = new ArrayList<>();
    for (JsonNode packet : json(input, "-show_packets", "-show_data_hash", "md5").path("packets")) {
      packets.add(
          new Packet(
              packet.path("stream_index").asInt(),
              packet.path("codec_type").asText(),
              packet.path("pts").asLong(),
              packet.path("dts").asLong(),
              packet.path("duration").asLong(),
              packet.path("size").asInt(),
              packet.path("flags").asText().contains("K"),
              packet.path("data_hash").asText().replaceFirst("^MD5:", "")));
    }
    return packets;
  }

  /// Runs `ffmpeg` with these arguments and returns what it printed on stdout.
  public static byte[] ffmpeg(Duration timeout, String... arguments) {
    List<String> command =
        new ArrayList<>(List.of("ffmpeg", "-v", "error", "-nostdin", "-hide_banner", "-y"));
    command.addAll(List.of(arguments));
    return run(command, timeout);
  }

  /// The complaints of a full decode of `input`; empty when every frame decodes cleanly.
  public static String decodeErrors(String input) {
    Output output =
        start(
            List.of("ffmpeg", "-v", "warning", "-nostdin", "-i", input, "-f", "null", "-"),
            DEFAULT_TIMEOUT);
    return output.exit() == 0
        ? output.stderr()
        : "exit %d%n%s".formatted(output.exit(), output.stderr());
  }

  private static byte[] run(List<String> command, Duration timeout) {
    Output output = start(command, timeout);
    if (output.exit() != 0) {
      throw new AssertionError(
          "%s ended with %d:%n%s"
              .formatted(String.join(" ", command), output.exit(), output.stderr()));
    }
    return output.stdout();
  }

  /// Output goes to files, so that no thread must read along.
  private static Output start(List<String> command, Duration timeout) {
    try {
      Path stdout = Files.createTempFile("nova-tool", ".out");
      Path stderr = Files.createTempFile("nova-tool", ".err");
      try {
        int exit = start(command, timeout, stdout, stderr);
        return new Output(exit, Files.readAllBytes(stdout), Files.readString(stderr));
      } finally {
        Files.delete(stdout);
        Files.delete(stderr);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "%s does not run (expected: on the PATH; `make deps` installs it)"
              .formatted(command.getFirst()),
          e);
    }
  }

  private static int start(List<String> command, Duration timeout, Path stdout, Path stderr)
      throws IOException {
    Process process =
        new ProcessBuilder(command)
            .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(stdout.toFile())
            .redirectError(stderr.toFile())
            .start();
    try {
      if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError(
            "%s still runs after %s:%n%s"
                .formatted(String.join(" ", command), timeout, Files.readString(stderr)));
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while running " + command.getFirst(), e);
    } finally {
      process.destroyForcibly();
    }
  }

  @SuppressWarnings("ArrayRecordComponent") // private, and never compared
  private record Output(int exit, byte[] stdout, String stderr) {}
}
