package nova.bench.publish;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A clip that broadcasters send: H.264 at 30 frames per second with a keyframe every 2 s, and AAC.
///
/// *Immutable.*
///
/// @param bitrateBps of the whole file
public record Clip(Path file, long bitrateBps) {
  private static final int USUAL_SAMPLE_RATE = 48_000;

  /// 20 s of 720p; see [#encode(Path, String, int, int)].
  public static Clip encode(Path folder, int videoKbps) throws IOException, InterruptedException {
    return encode(folder, "1280x720", videoKbps, 20);
  }

  /// Encodes a clip with `ffmpeg`, unless an earlier run did.
  ///
  /// @param size such as `1280x720`
  /// @param videoKbps held constant, as broadcasters do, by filler bytes where the picture needs
  ///   fewer
  public static Clip encode(Path folder, String size, int videoKbps, int seconds)
      throws IOException, InterruptedException {
    return encode(folder, size, videoKbps, seconds, USUAL_SAMPLE_RATE);
  }

  /// As [#encode(Path, String, int, int)], with sound of another sample rate.
  public static Clip encode(Path folder, String size, int videoKbps, int seconds, int sampleRate)
      throws IOException, InterruptedException {
    Files.createDirectories(folder);
    String name = "clip-%s-%d-%d-%d".formatted(size, videoKbps, seconds, sampleRate);
    Path file = folder.resolve(name + ".flv");
    if (!Files.exists(file)) {
      Path part = folder.resolve(name + ".part.flv");
      run(command(part, size, videoKbps, seconds, sampleRate), folder.resolve("ffmpeg.log"));
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    }
    return new Clip(file, Files.size(file) * 8 / seconds);
  }

  private static List<String> command(
      Path file, String size, int videoKbps, int seconds, int sampleRate) {
    String rate = videoKbps + "k";
    String picture =
        "testsrc2=size=%s:rate=30:duration=%d,noise=alls=12:allf=t".formatted(size, seconds);
    String sound = "sine=frequency=440:sample_rate=%d:duration=%d".formatted(sampleRate, seconds);
    String options =
        "-c:v libx264 -preset veryfast -pix_fmt yuv420p -g 60 -sc_threshold 0 -b:v %1$s -minrate %1$s -maxrate %1$s"
                .formatted(rate)
            + " -bufsize %s -x264-params nal-hrd=cbr -c:a aac -b:a 128k".formatted(rate);
    List<String> command =
        new ArrayList<>(List.of("ffmpeg", "-loglevel", "error", "-nostdin", "-y"));
    command.addAll(List.of("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound));
    command.addAll(List.of(options.split(" ", -1)));
    command.add(file.toString());
    return command;
  }

  private static void run(List<String> command, Path log) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    if (!process.waitFor(120, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException("ffmpeg did not encode the clip within 120 s; see " + log);
    }
    if (process.exitValue() != 0) {
      throw new IOException(
          "ffmpeg could not encode the clip: " + Files.readString(log).strip().lines().findFirst());
    }
  }
}
