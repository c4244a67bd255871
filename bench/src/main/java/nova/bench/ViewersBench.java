package nova.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import nova.bench.process.NovaServer;
import nova.bench.process.ProcessUsage;
import nova.bench.publish.Clip;
import nova.bench.publish.Publishers;
import nova.bench.viewer.Audience;
import nova.bench.viewer.LiveStream;

/// Emulated LL-HLS viewers of one stream, on the same machine as the server: does anyone's buffer
/// run dry?
final class ViewersBench implements Bench {
  private static final int VIDEO_KBPS = 2_870;
  private static final Duration JOIN_TIME = Duration.ofSeconds(8);
  private static final Duration SETTLE = Duration.ofSeconds(4);

  private final Options options;

  ViewersBench(Options options) {
    this.options = options;
  }

  @Override
  public String name() {
    return "viewers";
  }

  @Override
  public String load() {
    return "%d LL-HLS viewers of one 3 Mbit/s stream on the server's own machine, 1.0 s behind the live edge, %d s"
        .formatted(options.viewers(), options.seconds());
  }

  @Override
  public List<Figure> run() throws Exception {
    Clip clip = Clip.encode(options.folder(), VIDEO_KBPS);
    try (NovaServer nova =
            NovaServer.start(options.folder().resolve("viewers"), 1, options.jvmFlags());
        Publishers publishers = Publishers.start(clip, 1, nova::publishUrl)) {
      LiveStream stream = LiveStream.find(URI.create(nova.httpUrl("/")), NovaServer.channel(0));
      publishers.sleep(SETTLE);
      InetSocketAddress server =
          new InetSocketAddress(InetAddress.getLoopbackAddress(), nova.httpPort());
      try (Audience audience =
          Audience.join(options.viewers(), server, stream.mediaPlaylists(), JOIN_TIME)) {
        publishers.sleep(JOIN_TIME.plus(SETTLE));
        Audience.Seen before = audience.seen();
        ProcessUsage serverBefore = nova.usage();
        ProcessUsage loadBefore = ProcessUsage.ofThisProcess();
        publishers.sleep(options.duration());
        double loadPercent = ProcessUsage.ofThisProcess().percentOfCoreSince(loadBefore);
        List<Figure> figures = figures(before, audience.seen(), serverBefore, nova.usage());
        figures.add(
            Figure.fact("CPU of the load generator", Figure.number(loadPercent) + " % of a core"));
        return figures;
      }
    }
  }

  private List<Figure> figures(
      Audience.Seen before, Audience.Seen seen, ProcessUsage usageBefore, ProcessUsage usage)
      throws IOException {
    if (seen.failures() > 0) {
      throw new IOException(
          "%d requests of viewers failed, first: %s"
              .formatted(seen.failures(), seen.firstFailures()));
    }
    double seconds = (usage.atNanos() - usageBefore.atNanos()) / 1e9;
    double mbps = (seen.mediaBytes() - before.mediaBytes()) * 8 / 1e6 / seconds;
    List<Figure> figures = new ArrayList<>();
    figures.add(
        Figure.limited(
            "viewers that stalled or never played",
            options.viewers() - seen.playing() + seen.stalledViewers(),
            0,
            "of " + options.viewers()));
    figures.add(
        Figure.fact(
            "stalls, longest total of one viewer",
            "%d, %s s".formatted(seen.stalls(), Figure.number(seen.worstStallSeconds()))));
    if (!seen.leastBufferMs().isEmpty()) {
      int p1 = seen.leastBufferMs().size() / 100;
      figures.add(
          Figure.fact(
              "least buffer left of a viewer, p1",
              Figure.number(seen.leastBufferMs().get(p1)) + " ms"));
    }
    figures.add(
        Figure.fact(
            "requests answered",
            Figure.number((seen.responses() - before.responses()) / seconds) + " /s"));
    figures.add(Figure.fact("media delivered", Figure.number(mbps) + " Mbit/s"));
    figures.add(
        Figure.fact(
            "CPU of the server, publisher included",
            Figure.number(usage.percentOfCoreSince(usageBefore)) + " % of a core"));
    return figures;
  }
}
