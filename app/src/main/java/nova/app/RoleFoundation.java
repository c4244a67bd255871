package nova.app;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import nova.api.http.Authenticator;
import nova.api.http.RouteGuard;
import nova.app.config.AppConfig;
import nova.app.error.StartupException;
import nova.app.http.HealthCheck;
import nova.app.http.HealthRoutes;
import nova.app.http.HttpServers;
import nova.app.http.LateRoutes;
import nova.app.http.RouteMount;
import nova.app.keys.ConfiguredKeys;
import nova.app.metrics.KafkaMeters;
import nova.app.metrics.RedisMeters;
import nova.backends.kafka.KafkaBackend;
import nova.backends.kafka.KafkaPorts;
import nova.backends.redis.LiveStreamRegistry;
import nova.backends.redis.MeasurementsElsewhere;
import nova.backends.redis.NodeId;
import nova.backends.redis.RedisConnections;
import nova.backends.redis.RedisMetrics;
import nova.backends.redis.RedisMetricsSnapshots;
import nova.backends.redis.RedisStreamKeyCache;
import nova.backends.redis.RedisTimelineReplica;
import nova.control.ControlPorts;
import nova.control.ControlView;
import nova.core.StreamEvents;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What every service of several stands on: HTTP that tells of its health from the first moment,
/// and what the services share, waited for until it is there.
///
/// *Confined to the main thread*, but for the health.
final class RoleFoundation {
  private static final Logger log = LoggerFactory.getLogger(RoleFoundation.class);
  private static final int NAME_LENGTH = 40;
  private static final Duration KAFKA_LOOK = Duration.ofSeconds(1);
  private static final int FREE_NAMES = 1 << 20;

  private final Role role;
  private final Foundation base;
  private final NodeId node;
  private final ServerFolder ownFolder;
  private final RedisMetrics redisMetrics;
  private final StartPatience patience;
  private final LateRoutes late = new LateRoutes();
  private final HttpServers servers;
  private OptionalInt rtmpPort = OptionalInt.empty();
  private volatile boolean serving;
  private volatile BooleanSupplier databaseAnswers = () -> false;
  private volatile @Nullable KafkaBackend kafka;
  private volatile @Nullable RedisConnections redis;

  private RoleFoundation(Role role, AppConfig config, Lifecycle lifecycle) {
    this.role = role;
    this.base = Foundation.of(config, lifecycle);
    this.node = name(role);
    this.ownFolder = ServerFolder.open(base);
    this.redisMetrics = new RedisMeters(base.metrics());
    this.patience = new StartPatience(lifecycle);
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
    checks.add(HealthCheck.needed("server", () -> serving && !base.lifecycle().isClosing()));
    for (Role.Use use : role.uses()) {
      checks.add(new HealthCheck(use.what().title(), use.needed(), () -> isUp(use.what())));
    }
    return checks;
  }

  private boolean isUp(Role.Shared what) {
    return switch (what) {
      case DATABASE -> databaseAnswers.getAsBoolean();
      case KAFKA -> Optional.ofNullable(kafka).map(KafkaBackend::answers).orElse(false);
      case REDIS -> Optional.ofNullable(redis).map(RedisConnections::answers).orElse(false);
    };
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

  RedisMetrics redisMetrics() {
    return redisMetrics;
  }

  /// Begins to ask for Kafka. What needs it is refused, or waits, until it is there.
  KafkaBackend kafka() {
    KafkaBackend opened =
        lifecycle()
            .own(
                "Kafka",
                KafkaBackend.open(
                    config().kafka(),
                    new KafkaPorts(
                        node.value(),
                        new KafkaMeters(base.metrics()),
                        Failed::subscriber,
                        base.nanoClock(),
                        Thread.ofPlatform().daemon().factory(),
                        new SecureRandom())));
    kafka = opened;
    base.metrics()
        .gauge(
            "nova.kafka.up",
            "Whether Kafka answered when it was last asked.",
            "",
            opened,
            asked -> asked.answers() ? 1 : 0);
    return opened;
  }

  /// Waits for Redis.
  RedisConnections redis() {
    RedisConnections opened =
        RedisConnections.open(
            config().redis(),
            redisMetrics,
            base.clock(),
            base.nanoClock(),
            Thread.ofVirtual().factory(),
            this::untilRedis);
    redis = lifecycle().own("connections to Redis", opened);
    base.metrics()
        .gauge(
            "nova.redis.up",
            "Whether Redis answered when it was last asked.",
            "",
            opened,
            asked -> asked.answers() ? 1 : 0);
    base.metrics()
        .gauge(
            "nova.redis.clock.skew",
            "How far the clock of Redis is ahead of this machine's.",
            "seconds",
            opened,
            asked -> asked.clockSkew().toMillis() / 1e3);
    return opened;
  }

  private <T> T untilRedis(Supplier<T> open) {
    return patience.until("Redis", open);
  }

  /// Does something with the database once that answers.
  <T> T withDatabase(Supplier<T> work) {
    return patience.until("the database", work);
  }

  /// As [#withDatabase(Supplier)], without a result.
  void withDatabase(Runnable work) {
    String _ =
        withDatabase(
            () -> {
              work.run();
              return "";
            });
  }

  /// Waits for the database, whose schema somebody else brings up to date.
  ControlView controlView() {
    ControlView.Ports ports =
        new ControlView.Ports(
            base.clock(),
            base.nanoClock(),
            new SecureRandom(),
            Thread.ofVirtual().factory(),
            Thread::startVirtualThread);
    int wrongTokens = config().api().limits().failedAuthenticationsPerMinute();
    ControlView view =
        withDatabase(() -> ControlView.open(config().database(), wrongTokens, ports));
    databaseAnswers = view::databaseAnswers;
    ControlWiring.measureDatabase(base.metrics(), view, ControlView::databaseAnswers);
    return lifecycle().own("view of the control plane", view);
  }

  /// Waits for the database, as [#controlView], for a service that does things with it.
  ControlWiring control(ConfiguredKeys keys, ControlPorts ports) {
    ControlWiring opened =
        withDatabase(() -> ControlWiring.openShared(base, ownFolder, keys, ports));
    databaseAnswers = opened.control()::databaseAnswers;
    opened.measure(base.metrics());
    return opened;
  }

  /// The cache of stream keys that services share.
  RedisStreamKeyCache keyCache(RedisConnections connections) {
    return lifecycle()
        .own(
            "cache of stream keys",
            RedisStreamKeyCache.open(
                connections, redisMetrics, new SecureRandom(), Thread.ofVirtual().factory()));
  }

  /// The register of streams that ingest services receive.
  LiveStreamRegistry registry(RedisConnections connections) {
    return lifecycle()
        .own(
            "register of streams",
            LiveStreamRegistry.open(connections, redisMetrics, Thread.ofVirtual().factory()));
  }

  /// Tells this service from now on what ingest measures.
  void tellMeasurements(RedisConnections connections, StreamEvents events) {
    RedisMetricsSnapshots snapshots =
        lifecycle()
            .own(
                "snapshots of metrics",
                RedisMetricsSnapshots.open(
                    connections, redisMetrics, Thread.ofVirtual().factory()));
    MeasurementsElsewhere _ =
        lifecycle()
            .own(
                "measurements elsewhere",
                MeasurementsElsewhere.start(
                    snapshots,
                    events,
                    redisMetrics,
                    base.nanoClock(),
                    Thread.ofVirtual().factory()));
  }

  /// Where whole segments are that Redis lacks, if there is such a folder.
  Optional<Path> mediaFolder() {
    String folder = config().media().folder();
    if (folder.isEmpty()) {
      return Optional.empty();
    }
    try {
      // Of its own, because what is old in it is deleted.
      return Optional.of(Files.createDirectories(Path.of(folder).resolve("nova-media")));
    } catch (InvalidPathException | IOException e) {
      throw new StartupException(
          "media.folder '%s' cannot be used: %s (expected: a folder that all transcode and delivery services share)"
              .formatted(folder, e.getMessage()),
          e);
    }
  }

  /// Lets in who shows a token: that of this machine, or one that `others` know.
  RouteGuard guard(Authenticator others) {
    return new RouteGuard(
        ownFolder.authenticator(others),
        config().api().limits(),
        base.nanoClock(),
        Thread::startVirtualThread);
  }

  /// Waits until Kafka answers, and until events of other services are heard if they are wanted.
  ///
  /// @throws StartupException when the service is to end before
  void awaitKafka(KafkaBackend asked) {
    patience.await("Kafka", () -> asked.problem().or(() -> whyDeaf(asked)));
  }

  private static Optional<String> whyDeaf(KafkaBackend asked) {
    try {
      return asked.awaitReady(KAFKA_LOOK)
          ? Optional.empty()
          : Optional.of(
              asked
                  .eventsProblem()
                  .map("events of other services are not heard: %s"::formatted)
                  .orElse("events of other services are not heard yet"));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartupException("the start was ended", e);
    }
  }

  /// Waits until all timelines are known.
  ///
  /// @throws StartupException when the service is to end before
  void awaitTimelines(RedisTimelineReplica replica) {
    patience.await(
        "the timelines in Redis",
        () -> replica.isFilled() ? Optional.empty() : Optional.of("not all of them were read"));
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
