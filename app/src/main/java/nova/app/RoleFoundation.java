package nova.app;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeoutException;
import nova.api.http.Authenticator;
import nova.api.http.RouteGuard;
import nova.app.config.AppConfig;
import nova.app.error.StartupException;
import nova.app.http.HealthCheck;
import nova.app.http.HealthRoutes;
import nova.app.http.HttpServers;
import nova.app.http.LateRoutes;
import nova.app.http.RouteMount;
import nova.backends.redis.NodeId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What every service of several stands on: a name, HTTP that tells of its health from the first
/// moment, and what the services share.
///
/// *Confined to the main thread*, but for the health.
final class RoleFoundation {
  private static final Logger log = LoggerFactory.getLogger(RoleFoundation.class);
  private static final int NAME_LENGTH = 40;
  private static final int FREE_NAMES = 1 << 20;

  private final Role role;
  private final Foundation base;
  private final NodeId node;
  private final ServerFolder ownFolder;
  private final SharedBackends shared;
  private final LateRoutes late = new LateRoutes();
  private final HttpServers servers;
  private OptionalInt rtmpPort = OptionalInt.empty();
  private volatile boolean serving;

  private RoleFoundation(Role role, AppConfig config, Lifecycle lifecycle) {
    this.role = role;
    this.base = Foundation.of(config, lifecycle);
    this.node = name(role);
    this.ownFolder = ServerFolder.open(base);
    this.shared = new SharedBackends(base, node, ownFolder);
    HttpWiring http = HttpWiring.open(base);
    this.servers = http.serve(List.of(new HealthRoutes(checks()), late));
  }

  /// Begins to answer who asks for the health.
  static RoleFoundation open(Role role, AppConfig config, Lifecycle lifecycle) {
    role.require(config);
    RoleFoundation foundation = new RoleFoundation(role, config, lifecycle);
    log.info("{} begins as {}", role.command(), foundation.node);
    return foundation;
  }

  private List<HealthCheck> checks() {
    List<HealthCheck> checks = new ArrayList<>();
    checks.add(
        new HealthCheck(
            "server",
            true,
            () -> serving && !base.lifecycle().isClosing(),
            shared::waitingFor)); // only until the start: nobody is sent here before
    for (Role.Use use : role.uses()) {
      checks.add(
          new HealthCheck(
              use.what().title(), use.needed(), () -> shared.isUp(use.what()), Optional::empty));
    }
    return checks;
  }

  /// No two that run at a time have the same.
  private static NodeId name(Role role) {
    String host;
    try {
      host = InetAddress.getLocalHost().getHostName().replaceAll("[^A-Za-z0-9._-]", "-");
    } catch (UnknownHostException _) {
      host = "host";
    }
    host = host.substring(0, Math.min(host.length(), NAME_LENGTH));
    return new NodeId(
        "%s-%s-%05x".formatted(role.command(), host, new SecureRandom().nextInt(FREE_NAMES)));
  }

  Foundation base() {
    return base;
  }

  AppConfig config() {
    return base.config();
  }

  Lifecycle lifecycle() {
    return base.lifecycle();
  }

  NodeId node() {
    return node;
  }

  /// What services share.
  SharedBackends shared() {
    return shared;
  }

  /// Lets in who shows a token: that of this machine, or one that `others` know.
  RouteGuard guard(Authenticator others) {
    return new RouteGuard(
        ownFolder.authenticator(others),
        config().api().limits(),
        base.nanoClock(),
        Thread::startVirtualThread);
  }

  /// Answers from now on.
  void serve(List<RouteMount> mounts) {
    try {
      late.open(mounts);
    } catch (TimeoutException e) {
      throw new StartupException("HTTP did not take its routes in time", e);
    }
  }

  /// The service takes whoever comes from now on, and commands on this machine find it.
  void ready() {
    ownFolder.announce(links().localHttp(), lifecycle());
    serving = true;
  }

  /// As [#ready()], for a service whose clients come over HTTP: at its end they are sent elsewhere
  /// and have their answers before anything else closes.
  ///
  /// @param stopHolding answers the requests that wait
  void readyForClients(AutoCloseable stopHolding) {
    AutoCloseable _ = lifecycle().own("HTTP", servers);
    AutoCloseable _ = lifecycle().own("held requests", stopHolding);
    AutoCloseable _ =
        lifecycle()
            .own(
                "clients",
                () -> {
                  leave();
                  servers.leave();
                });
    ready();
  }

  /// As [#ready()], for a service that broadcasters connect to.
  void ready(int rtmpPort) {
    this.rtmpPort = OptionalInt.of(rtmpPort);
    ready();
  }

  /// The addresses of this service.
  Links links() {
    return Links.of(config(), rtmpPort, servers.port(), servers.httpsPort());
  }

  /// A balancer sends nobody any more; who is here goes on.
  void leave() {
    serving = false;
  }
}
