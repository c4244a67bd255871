package nova.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import nova.bench.process.Gauges;
import nova.bench.process.GcLog;
import nova.bench.process.NginxServer;
import nova.bench.process.NovaServer;
import nova.bench.process.ProcessUsage;
import nova.bench.publish.Clip;
import nova.bench.publish.Publishers;

/// CPU and memory of a server that takes many broadcasts, RTMP in to segments out, Nova and then
/// nginx-rtmp.
///
/// Both get the same bytes from the same broadcasters, which run in this process and not in the
/// server's.
final class PublishersBench implements Bench {
  private static final int VIDEO_KBPS = 2_870; // with the audio and FLV's headers 3 Mbit/s
  private static final Duration IDLE = Duration.ofSeconds(8);
  private static final Duration WARM_UP = Duration.ofSeconds(60); // HotSpot compiles for that long
  private static final Duration NGINX_WARM_UP = Duration.ofSeconds(5);

  private final Options options;

  PublishersBench(Options options) {
    this.options = options;
  }

  @Override
  public String name() {
    return "publishers";
  }

  @Override
  public String load() {
    return "%d broadcasters of 720p30 at 3 Mbit/s, RTMP in to segments out, %d s each"
        .formatted(options.publishers(), options.seconds());
  }

  @Override
  public List<Figure> run() throws Exception {
    Clip clip = Clip.encode(options.folder(), VIDEO_KBPS);
    NovaCost nova = measureNova(clip);
    double nginxPercent = measureNginx(clip);
    List<Figure> figures = new ArrayList<>();
    figures.add(
        Figure.ratio(
            "CPU per publisher, Nova without posters to nginx-rtmp",
            nova.percent(),
            nginxPercent,
            1.5));
    figures.add(Figure.fact("Nova, of a core", Figure.number(nova.percent()) + " %"));
    figures.add(Figure.fact("Nova's posters, of a core", Figure.number(nova.posters()) + " %"));
    figures.add(Figure.fact("nginx-rtmp, of a core", Figure.number(nginxPercent) + " %"));
    figures.add(
        Figure.fact(
            "publisher's real bitrate", Figure.number(clip.bitrateBps() / 1e6) + " Mbit/s"));
    figures.addAll(nova.memory());
    return figures;
  }

  /// @param percent of a core per publisher, of the server's own process
  /// @param posters percent of a core per publisher, of the worker beside it
  private record NovaCost(double percent, double posters, List<Figure> memory) {}

  private NovaCost measureNova(Clip clip) throws Exception {
    Path folder = options.folder().resolve("publishers");
    try (NovaServer nova = NovaServer.start(folder, options.publishers(), options.jvmFlags())) {
      Thread.sleep(IDLE);
      ProcessUsage idle = nova.usageWithoutWorkers();
      try (Publishers publishers = Publishers.start(clip, options.publishers(), nova::publishUrl)) {
        publishers.sleep(WARM_UP);
        int pausesBefore = nova.gcLog().pauses().size();
        ProcessUsage allBefore = nova.usage();
        ProcessUsage before = nova.usageWithoutWorkers();
        publishers.sleep(options.duration());
        ProcessUsage allAfter = nova.usage();
        ProcessUsage after = nova.usageWithoutWorkers();
        List<GcLog.Pause> pauses = nova.gcLog().pauses();
        double all = allAfter.percentOfCoreSince(allBefore);
        double server = after.percentOfCoreSince(before);
        List<Figure> memory =
            memory(idle, after, nova, pauses.subList(pausesBefore, pauses.size()));
        memory.add(
            Figure.fact(
                "memory of the worker that makes posters",
                Figure.number(allAfter.residentMib() - after.residentMib()) + " MiB"));
        return new NovaCost(
            server / options.publishers(), (all - server) / options.publishers(), memory);
      }
    }
  }

  private double measureNginx(Clip clip) throws Exception {
    Path served = options.servedFolder();
    try (NginxServer nginx = NginxServer.start(options.folder().resolve("nginx"), served);
        Publishers publishers =
            Publishers.start(
                clip,
                options.publishers(),
                number -> nginx.publishUrl(NovaServer.channel(number)))) {
      publishers.sleep(NGINX_WARM_UP);
      ProcessUsage before = nginx.usage();
      publishers.sleep(options.duration());
      return nginx.usage().percentOfCoreSince(before) / options.publishers();
    }
  }

  private List<Figure> memory(
      ProcessUsage idle, ProcessUsage busy, NovaServer nova, List<GcLog.Pause> pauses)
      throws IOException, InterruptedException {
    Gauges gauges = nova.gauges();
    double segmentsMib = gauges.sum("nova_segments_size_bytes", "") / 1048576;
    double directMib = gauges.sum("jvm_buffer_memory_used_bytes", "id=\"direct\"") / 1048576;
    String with = "with " + options.publishers() + " publishers";
    List<Figure> figures = new ArrayList<>();
    figures.add(Figure.limited("memory of Nova, idle", idle.residentMib(), 300, "MiB"));
    figures.add(
        Figure.limited(
            "memory of Nova, %s, without the segments".formatted(with),
            busy.residentMib() - segmentsMib,
            300,
            "MiB"));
    figures.add(
        Figure.fact(
            "segments stored / all memory",
            "%s / %s MiB"
                .formatted(Figure.number(segmentsMib), Figure.number(busy.residentMib()))));
    figures.add(Figure.fact("direct memory, segments included", Figure.number(directMib) + " MiB"));
    OptionalDouble heap = nova.gcLog().heapAfterLastPauseMib();
    if (heap.isPresent()) {
      figures.add(
          Figure.fact("heap after a collection", Figure.number(heap.getAsDouble()) + " MiB"));
    }
    if (!pauses.isEmpty()) {
      Samples durations = new Samples(pauses.size());
      pauses.forEach(pause -> durations.add(Math.round(pause.durationMs() * 1e6)));
      figures.add(
          Figure.fact(
              "garbage collector's pauses, count, p50 / p99",
              "%d, %s / %s ms"
                  .formatted(
                      pauses.size(),
                      Figure.number(durations.percentileMs(50)),
                      Figure.number(durations.percentileMs(99)))));
    }
    return figures;
  }
}
