package nova.bench.publish;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The clip that all broadcasters send: 20 s of 720p30 H.264 with a keyframe every 2 s, and AAC.
///
/// *Immutable.*
///
/// @param bitrateBps of the whole file
public record Clip(Path file, long bitrateBps) {
  private static final int SECONDS = 20;

  /// Encodes the clip with `ffmpeg`, unless an earlier run did.
  ///
  /// @param videoKbps held constant, as broadcasters do, by filler bytes where the picture needs
  ///   fewer
  public static Clip encode(Path folder, int videoKbps) throws IOException, InterruptedException {
    Files.createDirectories(folder);
    Path file = folder.resolve("clip-%d.flv".formatted(videoKbps));
    if (!Files.exists(file)) {
      Path part = folder.resolve("clip-%d.part.flv".formatted(videoKbps));
      run(command(part, videoKbps), folder.resolve("ffmpeg.log"));
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    }
    return new Clip(file, Files.size(file) * 8 / SECONDS);
  }

  private static List<String> command(Path file, int videoKbps) {
    String rate = videoKbps + "k";
    String picture =
        "testsrc2=size=1280x720:rate=30:duration=%d,noise=alls=12:allf=t".formatted(SECONDS);
    String sound = "sine=frequency=440:sample_rate=48000:duration=" + SECONDS;
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
