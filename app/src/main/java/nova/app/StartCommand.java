package nova.app;

import java.time.Duration;
import java.util.concurrent.Callable;
import nova.app.config.AppConfig;
import nova.app.keys.ConfiguredKeys;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `nova start`: runs the server until a signal ends it.
@Command(
    name = "start",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description =
        "Run the server. Prints one line `nova ready rtmp=... http=...` on stdout once it accepts,"
            + " and logs to stderr.",
    sortOptions = false)
final class StartCommand implements Callable<Integer> {
  private static final Duration FOREVER = Duration.ofDays(36_500);

  @Mixin private ServerOptions server = new ServerOptions();

  @Override
  public Integer call() throws InterruptedException {
    AppConfig config = server.read(System.getenv());
    ConfiguredKeys keys = ConfiguredKeys.parse(config.streamKeys());
    try (Lifecycle lifecycle = new Lifecycle();
        Shutdown shutdown = Shutdown.closing(lifecycle, config.http().longestDrain())) {
      RunningServer running = Wiring.open(config, keys, lifecycle);
      FirstStart.make(config, running, System.err::println);
      System.out.println(running.links().ready());
      shutdown.await(FOREVER);
    }
    return 0;
  }
}
