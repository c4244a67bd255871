package nova.app;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import nova.app.config.AppConfig;
import picocli.CommandLine.Mixin;

/// What the commands that run one service of several have in common: they print one line once they
/// accept, and run until a signal ends them.
abstract class RoleCommand implements Callable<Integer> {
  /// Whoever ends a service waits 30 s before SIGKILL: Kubernetes unasked, Docker when told.
  private static final Duration DRAIN = Duration.ofSeconds(24);

  private static final Duration FOREVER = Duration.ofDays(36_500);

  private final Role role;
  private final Consumer<RoleFoundation> open;

  @Mixin private ServerOptions server = new ServerOptions();

  RoleCommand(Role role, Consumer<RoleFoundation> open) {
    this.role = role;
    this.open = open;
  }

  @Override
  public Integer call() throws InterruptedException {
    AppConfig config = server.read(role.defaults(), System.getenv());
    try (Lifecycle lifecycle = new Lifecycle();
        Shutdown shutdown = Shutdown.closing(lifecycle, drain(config))) {
      RoleFoundation foundation = RoleFoundation.open(role, config, lifecycle);
      open.accept(foundation);
      System.out.println(foundation.links().ready());
      shutdown.await(FOREVER);
    }
    return 0;
  }

  private static Duration drain(AppConfig config) {
    Duration configured = config.http().longestDrain();
    return configured.compareTo(DRAIN) > 0 ? configured : DRAIN;
  }
}
