package nova.app;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.Callable;
import nova.app.config.AppConfig;
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
    ServerKeys keys = ServerKeys.of(config, new SecureRandom());
    try (Lifecycle lifecycle = new Lifecycle();
        Shutdown shutdown = Shutdown.closing(lifecycle)) {
      Links links = Wiring.open(config, keys.keys(), lifecycle);
      keys.keep(links).ifPresent(System.err::println);
      System.out.println(links.ready());
      shutdown.await(FOREVER);
    }
    return 0;
  }
}
