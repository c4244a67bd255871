package nova.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import nova.bench.cluster.Installation;
import nova.bench.process.NovaServer;
import nova.bench.publish.Clip;
import nova.bench.publish.TimedBroadcaster;
import nova.bench.viewer.LiveStream;
import nova.bench.viewer.PartFetches;
import nova.cluster.LocalCluster;
import nova.cluster.ServiceProcess;

/// How late viewers have what a broadcaster sends: from one process, and from services that have
/// Kafka and Redis between them.
final class LatencyBench implements Bench {
  private static final int VIDEO_KBPS = 3_000;
  private static final int CLIP_SECONDS = 60; // it is not sent twice: a loop's seam is no frame
  private static final Duration WARM_UP = Duration.ofSeconds(15);

  /// Before the playlist's window of 60 s forgets how the stream began.
  private static final Duration LONGEST = Duration.ofSeconds(40);

  /// Half a frame: by how much a part's end may be rounded.
  private static final long ROUNDING_MS = 16;

  private static final Map<String, String> NOTHING_ENCODED =
      Map.of(
          "NOVA_TRANSCODE_LADDER_POLICY", "none", "NOVA_STREAM_KEYS", "bench0=bench-secret-key-0");

  private final Options options;

  LatencyBench(Options options) {
    this.options = options;
  }

  @Override
  public String name() {
    return "latency";
  }

  @Override
  public String load() {
    return "a stream of %d kbit/s, parts of 0.334 s; two viewers, %d s, of one process, then of a cluster"
        .formatted(VIDEO_KBPS, measured().toSeconds());
  }

  private Duration measured() {
    return options.duration().compareTo(LONGEST) < 0 ? options.duration() : LONGEST;
  }

  @Override
  public List<Figure> run() throws Exception {
    Clip clip = Clip.encode(options.folder(), "1280x720", VIDEO_KBPS, CLIP_SECONDS);
    Path folder = options.folder().resolve("latency");
    Samples alone;
    try (NovaServer nova = NovaServer.start(folder, 1, options.jvmFlags())) {
      URI server = URI.create(nova.httpUrl("/"));
      alone = delays(clip, nova.publishUrl(0), List.of(server, server));
    }
    Samples apart;
    try (Installation installation =
        Installation.start(folder.resolve("cluster"), LocalCluster.Plan.usual(), NOTHING_ENCODED)) {
      LocalCluster services = installation.services();
      apart =
          delays(
              clip,
              services.of("ingest").getFirst().address("rtmp") + "/bench-secret-key-0",
              services.of("delivery").stream().map(LatencyBench::address).toList());
    }
    return List.of(
        Figure.fact("a part's last picture, sent until fetched, one process", text(alone)),
        Figure.fact("the same, ingest to Kafka to transcode to Redis to delivery", text(apart)),
        Figure.limited(
            "what the cluster adds, p50",
            apart.percentileMs(50) - alone.percentileMs(50),
            50,
            "ms"),
        Figure.limited(
            "what the cluster adds, p99",
            apart.percentileMs(99) - alone.percentileMs(99),
            150,
            "ms"));
  }

  private static URI address(ServiceProcess service) {
    return URI.create(service.address("http") + "/");
  }

  private static String text(Samples delays) {
    return "%s / %s ms"
        .formatted(Figure.number(delays.percentileMs(50)), Figure.number(delays.percentileMs(99)));
  }

  private Samples delays(Clip clip, String publishUrl, List<URI> servers)
      throws IOException, InterruptedException, ExecutionException {
    try (TimedBroadcaster broadcaster = TimedBroadcaster.start(clip, publishUrl);
        HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<List<PartFetches.Fetch>>> viewers = new ArrayList<>();
      for (URI server : servers) {
        LiveStream stream = LiveStream.await(server, NovaServer.channel(0));
        URI video = server.resolve(stream.mediaPlaylists().getFirst());
        viewers.add(threads.submit(new PartFetches(http, video, WARM_UP.plus(measured()))));
      }
      broadcaster.sleep(WARM_UP.plus(measured()));
      Samples samples = new Samples(0);
      for (Future<List<PartFetches.Fetch>> viewer : viewers) {
        for (PartFetches.Fetch fetch : viewer.get()) {
          if (fetch.mediaEndMs() > WARM_UP.toMillis()) {
            long sent = broadcaster.sentBefore(fetch.mediaEndMs() - ROUNDING_MS);
            samples.add(fetch.atNanos() - sent);
          }
        }
      }
      return samples;
    }
  }
}
