package nova.app;

import java.io.IOException;
import java.io.InputStream;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import nova.app.config.AppConfig;
import nova.app.error.StartupException;
import nova.app.publish.Broadcast;
import nova.app.publish.PublishTarget;
import nova.app.publish.RtmpPublisher;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `nova demo`: the server with a clip on air, published over RTMP like any other broadcast.
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Run the server and publish a bundled clip to channel demo in a loop. Prints where to watch"
          + " it, and the server and key with which OBS can publish to channel live beside it.",
      "Keys of the demo are made anew for each run and kept nowhere; keys of the data folder and of"
          + " --stream-key work too."
    },
    sortOptions = false)
final class DemoCommand implements Callable<Integer> {
  private static final String CLIP = "publish/demo.flv";

  @Mixin private ServerOptions server = new ServerOptions();

  @Option(names = "--seconds", paramLabel = "N", description = "End after N seconds.")
  private long seconds = Long.MAX_VALUE;

  @Override
  public Integer call() throws InterruptedException {
    AppConfig config = server.read(System.getenv());
    DemoKeys keys = DemoKeys.of(config, new SecureRandom());
    Broadcast broadcast =
        new Broadcast(DemoCommand::openClip, true, limit(seconds), System::nanoTime);
    try (Lifecycle lifecycle = new Lifecycle();
        Shutdown _ = Shutdown.closing(lifecycle)) {
      Links links = Wiring.open(config, keys.accepted(), lifecycle);
      PublishTarget target = PublishTarget.parse(links.publishLocally(keys.clip()));
      RtmpPublisher publisher = lifecycle.own("publisher", RtmpPublisher.connect(target));
      System.out.println(links.ready());
      System.out.println(keys.explain(links));
      broadcast.run(publisher);
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

  private static InputStream openClip() {
    return Objects.requireNonNull(
        DemoCommand.class.getResourceAsStream(CLIP), "the clip is part of the program");
  }
}
