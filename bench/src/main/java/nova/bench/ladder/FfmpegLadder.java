package nova.bench.ladder;

import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import nova.app.WorkerJars;
import nova.framelog.pipe.EncoderPreset;
import nova.framelog.pipe.Rung;

/// The `ffmpeg` command of the build that workers use, making the same rungs.
///
/// *Immutable.*
///
/// @param folder with the command and its libraries
public record FfmpegLadder(Path folder) {
  /// Takes the command out of the worker's jar, unless an earlier run did.
  public static FfmpegLadder unpack(Path folder) throws IOException {
    WorkerJars jars =
        WorkerJars.find()
            .orElseThrow(
                () -> new IOException("no folder of worker jars (expected: -Dnova.worker=FOLDER)"));
    Files.createDirectories(folder);
    try (DirectoryStream<Path> natives =
        Files.newDirectoryStream(jars.folder(), "ffmpeg-*-gpl.jar")) {
      for (Path jar : natives) {
        unpack(jar, folder);
      }
    }
    Path command = folder.resolve("ffmpeg");
    if (!Files.exists(command) || !command.toFile().setExecutable(true)) {
      throw new IOException("no ffmpeg in " + jars.folder());
    }
    return new FfmpegLadder(folder);
  }

  private static void unpack(Path jar, Path folder) throws IOException {
    try (JarFile file = new JarFile(jar.toFile())) {
      Enumeration<JarEntry> entries = file.entries();
      while (entries.hasMoreElements()) {
        JarEntry entry = entries.nextElement();
        String name = entry.getName().substring(entry.getName().lastIndexOf('/') + 1);
        boolean wanted = name.equals("ffmpeg") || (name.startsWith("lib") && name.contains(".so"));
        Path target = folder.resolve(name);
        if (!entry.isDirectory() && wanted && !Files.exists(target)) {
          try (InputStream in = file.getInputStream(entry)) {
            long _ = Files.copy(in, target, StandardCopyOption.REPLACE_EXISTING);
          }
        }
      }
    }
  }

  /// Encodes a file's video, each rung scaled from the one before.
  ///
  /// @param more options of every encoder
  public LadderCost run(
      Path flv, EncoderPreset preset, List<Rung> rungs, Duration atMost, String... more)
      throws IOException, InterruptedException {
    ProcessBuilder command =
        new ProcessBuilder(command(flv, preset, rungs, List.of(more)))
            .redirectError(Redirect.INHERIT)
            .redirectOutput(Redirect.DISCARD);
    command.environment().put("LD_LIBRARY_PATH", folder.toString());
    try (MeasuredProcess ffmpeg = new MeasuredProcess(command)) {
      return ffmpeg.await(atMost);
    }
  }

  private List<String> command(
      Path flv, EncoderPreset preset, List<Rung> rungs, List<String> more) {
    List<String> command = new ArrayList<>();
    command.add(folder.resolve("ffmpeg").toString());
    command.addAll(List.of("-loglevel", "error", "-nostdin", "-i", flv.toString()));
    command.addAll(List.of("-filter_complex", cascade(rungs)));
    for (int i = 0; i < rungs.size(); i++) {
      Rung rung = rungs.get(i);
      command.addAll(List.of("-map", "[out%d]".formatted(i), "-c:v", "libx264"));
      command.addAll(List.of("-preset", preset.label(), "-profile:v", "high"));
      command.addAll(List.of("-b:v", Long.toString(rung.bitrateBps())));
      command.addAll(List.of("-maxrate", Long.toString(rung.peakBps())));
      command.addAll(List.of("-bufsize", Long.toString(rung.peakBps())));
      command.addAll(List.of("-force_key_frames", "expr:gte(t,n_forced*2)", "-sc_threshold", "0"));
      command.addAll(more);
      command.addAll(List.of("-f", "null", "/dev/null"));
    }
    return command;
  }

  /// `[0:v]scale=…,split=2[out0][next0];[next0]scale=…[out1]`
  private static String cascade(List<Rung> rungs) {
    List<String> chains = new ArrayList<>();
    String in = "[0:v]";
    for (int i = 0; i < rungs.size(); i++) {
      Rung rung = rungs.get(i);
      boolean last = i == rungs.size() - 1;
      chains.add(
          "%sscale=%d:%d:flags=fast_bilinear%s[out%d]%s"
              .formatted(
                  in,
                  rung.width(),
                  rung.height(),
                  last ? "" : ",split=2",
                  i,
                  last ? "" : "[next" + i + "]"));
      in = "[next" + i + "]";
    }
    return String.join(";", chains);
  }
}
