package nova.bench;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nova.bench.process.NginxServer;
import nova.bench.process.NovaServer;
import nova.bench.process.ProcessUsage;
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
  private static final Pattern READ = Pattern.compile("requests in .*?, ([0-9.]+)(KB|MB|GB) read");

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

  /// What one server did.
  private record Cost(double cpuSecondsPerGb, double gbPerSecond) {}

  @Override
  public List<Figure> run() throws Exception {
    Path served = options.servedFolder();
    Path folder = options.folder().resolve("serving");
    Clip clip = Clip.encode(options.folder(), VIDEO_KBPS);
    byte[] segment;
    Cost novaCost;
    try (NovaServer nova = NovaServer.start(folder, 1, options.jvmFlags());
        Publishers publishers = Publishers.start(clip, 1, nova::publishUrl)) {
      LiveStream stream = LiveStream.find(URI.create(nova.httpUrl("/")), NovaServer.channel(0));
      publishers.sleep(SETTLE);
      URI newest = stream.newestSegment();
      segment = LiveStream.bytes(newest);
      load(newest, WARM_UP_SECONDS);
      novaCost = measure(newest, nova::usage);
    }
    Cost nginxCost;
    try (NginxServer nginx = NginxServer.start(folder.resolve("nginx"), served)) {
      Files.write(served.resolve("segment.m4s"), segment);
      URI file = URI.create(nginx.httpUrl("segment.m4s"));
      load(file, 1);
      nginxCost = measure(file, nginx::usage);
    }
    return List.of(
        Figure.ratio(
            "CPU per GB, Nova to nginx sendfile",
            novaCost.cpuSecondsPerGb(),
            nginxCost.cpuSecondsPerGb(),
            1.5),
        Figure.fact("Nova", text(novaCost)),
        Figure.fact("nginx", text(nginxCost)),
        Figure.fact("segment", Figure.number(segment.length / 1e6) + " MB"));
  }

  private static String text(Cost cost) {
    return "%s CPU s/GB, %s GB/s"
        .formatted(Figure.number(cost.cpuSecondsPerGb()), Figure.number(cost.gbPerSecond()));
  }

  private Cost measure(URI uri, Callable<ProcessUsage> usage) throws Exception {
    ProcessUsage before = usage.call();
    double gigabytes = load(uri, SECONDS);
    ProcessUsage after = usage.call();
    return new Cost(after.cpuSecondsSince(before) / gigabytes, gigabytes / SECONDS);
  }

  /// Runs wrk.
  ///
  /// @return gigabytes received
  private double load(URI uri, int seconds) throws IOException, InterruptedException {
    Process wrk =
        new ProcessBuilder("wrk", "-t1", "-c" + CONNECTIONS, "-d" + seconds + "s", uri.toString())
            .redirectErrorStream(true)
            .start();
    try {
      String output = new String(wrk.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!wrk.waitFor(seconds + 10L, TimeUnit.SECONDS) || wrk.exitValue() != 0) {
        throw new IOException("wrk failed: " + output.strip());
      }
      Matcher read = READ.matcher(output);
      if (!read.find() || output.contains("Non-2xx")) {
        throw new IOException("wrk was not served: " + output.strip());
      }
      double unit =
          switch (read.group(2)) {
            case "KB" -> 1024;
            case "MB" -> 1024.0 * 1024;
            default -> 1024.0 * 1024 * 1024;
          };
      return Double.parseDouble(read.group(1)) * unit / 1e9;
    } finally {
      wrk.destroyForcibly();
    }
  }
}
