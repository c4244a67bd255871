package nova.bench;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import nova.bench.process.NginxServer;
import nova.bench.process.NovaServer;
import nova.bench.publish.Clip;
import nova.bench.publish.Publishers;
import nova.bench.viewer.LiveStream;

/// CPU that Nova spends to send a segment from its store, next to nginx that sends the same bytes
/// from a file in memory.
final class ServingBench implements Bench {
  private static final int VIDEO_KBPS = 4_100; // 2 s of it are 1 MB
  private static final int CONNECTIONS = 50;
  private static final int SECONDS = 8;
  private static final int WARM_UP_SECONDS = 6;
  private static final Duration SETTLE = Duration.ofSeconds(5);

  private final Options options;

  ServingBench(Options options) {
    this.options = options;
  }

  @Override
  public String name() {
    return "serving";
  }

  @Override
  public String load() {
    return "one live segment of 1 MB over and over, wrk with %d connections, %d s each"
        .formatted(CONNECTIONS, SECONDS);
  }

  @Override
  public List<Figure> run() throws Exception {
    Path served = options.servedFolder();
    Path folder = options.folder().resolve("serving");
    Clip clip = Clip.encode(options.folder(), VIDEO_KBPS);
    Wrk wrk = new Wrk(CONNECTIONS, folder);
    byte[] segment;
    Wrk.Cost novaCost;
    try (NovaServer nova = NovaServer.start(folder, 1, options.jvmFlags());
        Publishers publishers = Publishers.start(clip, 1, nova::publishUrl)) {
      LiveStream stream = LiveStream.find(URI.create(nova.httpUrl("/")), NovaServer.channel(0));
      publishers.sleep(SETTLE);
      URI newest = stream.newestSegment();
      segment = LiveStream.bytes(newest);
      double _ = wrk.load(List.of(newest), WARM_UP_SECONDS);
      novaCost = wrk.measure(List.of(newest), SECONDS, nova::usage);
    }
    Wrk.Cost nginxCost;
    try (NginxServer nginx = NginxServer.start(folder.resolve("nginx"), served)) {
      Files.write(served.resolve("segment.m4s"), segment);
      URI file = URI.create(nginx.httpUrl("segment.m4s"));
      double _ = wrk.load(List.of(file), 1);
      nginxCost = wrk.measure(List.of(file), SECONDS, nginx::usage);
    }
    return List.of(
        Figure.ratio(
            "CPU per GB, Nova to nginx sendfile",
            novaCost.cpuSecondsPerGb(),
            nginxCost.cpuSecondsPerGb(),
            1.5),
        Figure.fact("Nova", novaCost.toString()),
        Figure.fact("nginx", nginxCost.toString()),
        Figure.fact("segment", Figure.number(segment.length / 1e6) + " MB"));
  }
}
