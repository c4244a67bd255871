package nova.bench;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import nova.bench.ladder.FfmpegLadder;
import nova.bench.ladder.LadderCost;
import nova.bench.ladder.RungDelay;
import nova.bench.ladder.WorkerLadder;
import nova.bench.process.NovaServer;
import nova.bench.publish.Clip;
import nova.bench.publish.Publishers;
import nova.core.RenditionId;
import nova.framelog.pipe.EncoderPreset;
import nova.framelog.pipe.Rung;

/// CPU and memory of a worker that encodes a ladder, and of the `ffmpeg` command that makes the
/// same rungs from the same file, in turn.
final class LadderBench implements Bench {
  private static final int ROUNDS = 3;
  private static final int CLIP_SECONDS = 30;
  private static final int CLIP_KBPS = 6_000;
  private static final double FRAME_RATE = 30;
  private static final EncoderPreset PRESET = EncoderPreset.VERYFAST;
  private static final Duration AT_MOST = Duration.ofMinutes(3);

  private static final List<Rung> RUNGS =
      List.of(
          new Rung(new RenditionId("720p"), 1280, 720, 1, 3_000_000, 3_300_000),
          new Rung(new RenditionId("480p"), 854, 480, 1, 1_500_000, 1_650_000));

  private final Options options;

  LadderBench(Options options) {
    this.options = options;
  }

  @Override
  public String name() {
    return "ladder";
  }

  @Override
  public String load() {
    return "%d s of 1080p30 at 6 Mbit/s to 720p and 480p, %s, %d runs each, medians"
        .formatted(CLIP_SECONDS, PRESET.label(), ROUNDS);
  }

  @Override
  public List<Figure> run() throws Exception {
    Path clip = Clip.encode(options.folder(), "1920x1080", CLIP_KBPS, CLIP_SECONDS).file();
    FfmpegLadder ffmpeg = FfmpegLadder.unpack(options.folder().resolve("ffmpeg"));
    List<WorkerLadder.Run> workers = new ArrayList<>();
    List<LadderCost> usual = new ArrayList<>();
    List<LadderCost> alike = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      workers.add(WorkerLadder.run(clip, FRAME_RATE, PRESET, RUNGS, AT_MOST));
      usual.add(ffmpeg.run(clip, PRESET, RUNGS, AT_MOST));
      alike.add(ffmpeg.run(clip, PRESET, RUNGS, AT_MOST, "-tune", "zerolatency", "-threads", "1"));
    }
    double worker = median(workers, run -> run.cost().cpuSeconds());
    double ffmpegUsual = median(usual, LadderCost::cpuSeconds);
    double ffmpegAlike = median(alike, LadderCost::cpuSeconds);
    Samples delays = delays();
    return List.of(
        Figure.fact(
            "480p after the source, live, a part, p50 / p99",
            "%s / %s ms"
                .formatted(
                    Figure.number(delays.percentileMs(50)),
                    Figure.number(delays.percentileMs(99)))),
        Figure.ratio("CPU of the worker to the ffmpeg command", worker, ffmpegUsual, 1.0),
        Figure.fact(
            "CPU of the worker to ffmpeg -tune zerolatency -threads 1",
            Figure.number(worker / ffmpegAlike) + "x"),
        Figure.fact(
            "CPU: worker / ffmpeg / ffmpeg zerolatency",
            "%s / %s / %s s"
                .formatted(
                    Figure.number(worker), Figure.number(ffmpegUsual), Figure.number(ffmpegAlike))),
        Figure.fact(
            "speed of the worker, of real time",
            Figure.number(CLIP_SECONDS / median(workers, run -> run.cost().seconds())) + "x"),
        Figure.fact(
            "worker from start to ready",
            Figure.number(1_000 * median(workers, WorkerLadder.Run::startSeconds)) + " ms"),
        Figure.fact(
            "peak memory: worker / ffmpeg / ffmpeg zerolatency",
            "%s / %s / %s MiB"
                .formatted(
                    Figure.number(median(workers, run -> run.cost().peakMib())),
                    Figure.number(median(usual, LadderCost::peakMib)),
                    Figure.number(median(alike, LadderCost::peakMib)))));
  }

  /// Of a live broadcast, which takes as long as it lasts.
  private Samples delays() throws Exception {
    Clip clip = Clip.encode(options.folder(), "1920x1080", CLIP_KBPS, CLIP_SECONDS);
    Path folder = options.folder().resolve("ladder");
    Samples delays = new Samples(1_000);
    try (NovaServer nova = NovaServer.startWithLadder(folder, options.jvmFlags());
        Publishers _ = Publishers.start(clip, 1, nova::publishUrl)) {
      URI multivariant = URI.create(nova.httpUrl("/hls/" + NovaServer.channel(0) + "/index.m3u8"));
      RungDelay.measure(multivariant, "480p", options.duration()).forEach(delays::add);
    }
    return delays;
  }

  private static <T> double median(List<T> runs, ToDoubleFunction<T> figure) {
    return runs.stream()
        .mapToDouble(figure)
        .sorted()
        .skip(runs.size() / 2)
        .findFirst()
        .orElseThrow();
  }
}
