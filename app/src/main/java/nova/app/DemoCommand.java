package nova.app;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import nova.app.config.AppConfig;
import nova.app.error.StartupException;
import nova.app.publish.Broadcast;
import nova.app.publish.PublishTarget;
import nova.app.publish.RtmpPublisher;
import nova.app.publish.WorkerSource;
import nova.media.flv.FlvTag;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `nova demo`: the server with a test pattern on air, published over RTMP like any other
/// broadcast.
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Run the server and publish a test pattern to channel demo: colour bars, a running clock and"
          + " a tone that marks the seconds. Prints where to watch it, and the server and key with"
          + " which OBS can publish to channel live beside it.",
      "Keys of the demo are made anew for each run and kept nowhere; keys of the data folder and of"
          + " --stream-key work too."
    },
    sortOptions = false)
final class DemoCommand implements Callable<Integer> {
  private static final String PATTERN_SIZE = "1920x1080";

  @Mixin private ServerOptions server = new ServerOptions();

  @Mixin private PatternOptions pattern = new PatternOptions();

  @Option(names = "--seconds", paramLabel = "N", description = "End after N seconds.")
  private long seconds = Long.MAX_VALUE;

  @Override
  public Integer call() throws InterruptedException {
    AppConfig config = server.read(System.getenv());
    DemoKeys keys = DemoKeys.of(config, new SecureRandom());
    WorkerSource source = WorkerPrograms.testPattern(pattern.job(PATTERN_SIZE));
    Broadcast broadcast = Broadcast.live(source, limit(seconds), System::nanoTime);
    try (Lifecycle lifecycle = new Lifecycle();
        Shutdown _ = Shutdown.closing(lifecycle, config.http().longestDrain())) {
      Links links = Wiring.open(config, keys.accepted(), lifecycle).links();
      PublishTarget target = PublishTarget.parse(links.publishLocally(keys.pattern()));
      RtmpPublisher publisher = lifecycle.own("publisher", RtmpPublisher.connect(target));
      WorkerSource _ = lifecycle.own("test pattern", source);
      broadcast.run(
          announcing(publisher, links.ready() + System.lineSeparator() + keys.explain(links)));
    } catch (IOException e) {
      throw new StartupException("the demo's broadcast ended: " + e.getMessage(), e);
    }
    return 0;
  }

  /// `--seconds`, which nobody means to be centuries.
  static Duration limit(long seconds) {
    if (seconds < 1) {
      throw new StartupException("--seconds %d (expected: 1 or more)".formatted(seconds));
    }
    return Duration.ofSeconds(Math.min(seconds, Duration.ofDays(36_500).toSeconds()));
  }

  /// Says that the pattern is on air when it is: with the first picture.
  private static Broadcast.Sink announcing(Broadcast.Sink sink, String announcement) {
    AtomicBoolean announced = new AtomicBoolean();
    return tag -> {
      sink.send(tag);
      if (tag instanceof FlvTag.FlvVideoTag && announced.compareAndSet(false, true)) {
        System.out.println(announcement);
      }
    };
  }
}
