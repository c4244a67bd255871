package nova.bench;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import nova.bench.cluster.Installation;
import nova.bench.process.NovaServer;
import nova.bench.process.ProcessUsage;
import nova.bench.publish.Clip;
import nova.bench.publish.Publishers;
import nova.bench.viewer.LiveStream;
import nova.cluster.LocalCluster;
import nova.cluster.ServiceProcess;

/// CPU that a delivery spends to send segments that it has in its cache, and those that it reads
/// from Redis each time, next to one process that has them in its store.
final class SharedServingBench implements Bench {
  private static final int STREAMS = 4;
  private static final int VIDEO_KBPS = 4_100; // 2 s of it are 1 MB
  private static final int CONNECTIONS = 50;
  private static final int SECONDS = 8;
  private static final int WARM_UP_SECONDS = 6;

  /// Until there are more segments than are fetched.
  private static final Duration SETTLE = Duration.ofSeconds(45);

  /// Of each stream; the others leave the playlist while these are fetched.
  private static final int NEWEST = 15;

  /// Less than a segment, so that none is ever at hand.
  private static final Map<String, String> NO_CACHE =
      Map.of("NOVA_SEGMENTS_MEMORY", "1MiB", "NOVA_SEGMENTS_MEMORY_PER_STREAM", "1MiB");

  private static final LocalCluster.Plan PLAN = new LocalCluster.Plan(1, 1, 1, 0, 0);

  private final Options options;

  SharedServingBench(Options options) {
    this.options = options;
  }

  @Override
  public String name() {
    return "shared-serving";
  }

  @Override
  public String load() {
    return "%d segments of 1 MB of %d live streams, wrk with %d connections, %d s each"
        .formatted(STREAMS * NEWEST, STREAMS, CONNECTIONS, SECONDS);
  }

  @Override
  public List<Figure> run() throws Exception {
    Clip clip = Clip.encode(options.folder(), VIDEO_KBPS);
    Path folder = options.folder().resolve("shared-serving");
    Wrk wrk = new Wrk(CONNECTIONS, Files.createDirectories(folder));
    Wrk.Cost alone;
    try (NovaServer nova = NovaServer.start(folder, STREAMS, options.jvmFlags());
        Publishers publishers = Publishers.start(clip, STREAMS, nova::publishUrl)) {
      publishers.sleep(SETTLE);
      alone = measure(wrk, URI.create(nova.httpUrl("/")), nova::usage);
    }
    try (Installation installation =
            Installation.start(folder.resolve("cluster"), PLAN, settings());
        Publishers publishers =
            Publishers.start(clip, STREAMS, number -> publishUrl(installation, number))) {
      LocalCluster services = installation.services();
      ServiceProcess cached = services.of("delivery").getFirst();
      ServiceProcess uncached = services.start("delivery", NO_CACHE);
      publishers.sleep(SETTLE);
      Wrk.Cost near = measure(wrk, cached);
      Wrk.Cost far = measure(wrk, uncached);
      return List.of(
          Figure.fact(
              "CPU per GB, delivery with what it has in its cache to one process",
              Figure.number(near.cpuSecondsPerGb() / alone.cpuSecondsPerGb()) + "x"),
          Figure.fact(
              "CPU per GB, delivery that reads all from Redis to one process",
              Figure.number(far.cpuSecondsPerGb() / alone.cpuSecondsPerGb()) + "x"),
          Figure.fact("one process", alone.toString()),
          Figure.fact("delivery, from its cache", near.toString()),
          Figure.fact("delivery, from Redis", far.toString()));
    }
  }

  private static Map<String, String> settings() {
    String keys =
        IntStream.range(0, STREAMS)
            .mapToObj(number -> NovaServer.channel(number) + "=" + key(number))
            .collect(Collectors.joining(","));
    return Map.of("NOVA_TRANSCODE_LADDER_POLICY", "none", "NOVA_STREAM_KEYS", keys);
  }

  private static String key(int channel) {
    return "bench-secret-key-" + channel;
  }

  private static String publishUrl(Installation installation, int number) {
    return installation.services().of("ingest").getFirst().address("rtmp") + "/" + key(number);
  }

  private static Wrk.Cost measure(Wrk wrk, ServiceProcess delivery) throws Exception {
    return measure(
        wrk,
        URI.create(delivery.address("http") + "/"),
        () -> ProcessUsage.ofAlone(delivery.handle()));
  }

  private static Wrk.Cost measure(Wrk wrk, URI server, Callable<ProcessUsage> usage)
      throws Exception {
    double _ = wrk.load(segments(server), WARM_UP_SECONDS);
    return wrk.measure(segments(server), SECONDS, usage);
  }

  /// The newest of all streams.
  private static List<URI> segments(URI server) throws IOException, InterruptedException {
    List<URI> all = new ArrayList<>();
    for (int number = 0; number < STREAMS; number++) {
      LiveStream stream = LiveStream.find(server, NovaServer.channel(number));
      all.addAll(stream.newestSegments(NEWEST));
    }
    return all;
  }
}
