package nova.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The `ffmpeg` program as a broadcaster.
final class Ffmpeg implements AutoCloseable {
  private final Process process;
  private final Path said;

  private Ffmpeg(List<String> command, Path folder) {
    try {
      said = Files.createTempFile(folder, "ffmpeg", ".txt");
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(said.toFile())
              .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException("ffmpeg does not run; `make deps` installs it", e);
    }
  }

  /// Encodes a 2-second-GOP test clip once, so that publishing it costs no encoding.
  ///
  /// @param options of the encoders, which win over the usual ones
  static Path clip(
      Path directory, String name, String size, int framesPerGop, int seconds, String... options)
      throws IOException, InterruptedException {
    Path file = directory.resolve(name);
    List<String> command = new ArrayList<>(List.of("ffmpeg", "-v", "error", "-y"));
    command.addAll(List.of("-f", "lavfi", "-i", "testsrc2=size=" + size + ":rate=30"));
    command.addAll(List.of("-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000"));
    command.addAll(List.of("-t", Integer.toString(seconds), "-c:v", "libx264"));
    command.addAll(List.of("-preset", "ultrafast", "-b:v", "1500k", "-pix_fmt", "yuv420p"));
    command.addAll(List.of("-g", Integer.toString(framesPerGop), "-sc_threshold", "0"));
    command.addAll(List.of("-keyint_min", Integer.toString(framesPerGop)));
    command.addAll(List.of("-c:a", "aac", "-b:a", "128k", "-ac", "2"));
    command.addAll(List.of(options));
    command.addAll(List.of("-f", "flv"));
    command.add(file.toString());
    Process encoder = new ProcessBuilder(command).inheritIO().start();
    assertThat(encoder.waitFor(120, TimeUnit.SECONDS)).as("clip encoded in time").isTrue();
    assertThat(encoder.exitValue()).as("exit code of %s", command).isZero();
    return file;
  }

  /// Publishes a file in real time, over and over.
  ///
  /// @param options of the output, such as `-an`
  static Ffmpeg publish(Path file, String url, String... options) {
    List<String> command = new ArrayList<>(List.of("ffmpeg", "-v", "error", "-re"));
    command.addAll(List.of("-stream_loop", "-1", "-i", file.toString(), "-c", "copy"));
    command.addAll(List.of(options));
    command.addAll(List.of("-f", "flv", url));
    return new Ffmpeg(command, file.toAbsolutePath().getParent());
  }

  /// Ends without a goodbye, as a machine that lost its power.
  void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor(10, TimeUnit.SECONDS);
  }

  /// Ends as a user would, with FCUnpublish and deleteStream.
  void stop() throws InterruptedException {
    process.destroy();
    process.waitFor(10, TimeUnit.SECONDS);
  }

  /// Waits until the server has turned it away or dropped it.
  ///
  /// @return what it said
  String awaitEnd() throws IOException, InterruptedException {
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ffmpeg ended").isTrue();
    return Files.readString(said);
  }

  boolean isAlive() {
    return process.isAlive();
  }

  @Override
  public void close() {
    try {
      kill();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
