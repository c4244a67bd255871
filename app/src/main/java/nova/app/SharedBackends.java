package nova.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import nova.app.error.StartupException;
import nova.app.keys.ConfiguredKeys;
import nova.app.metrics.KafkaMeters;
import nova.app.metrics.RedisMeters;
import nova.backends.kafka.KafkaBackend;
import nova.backends.kafka.KafkaConfig;
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

/// What the services share: Kafka, Redis and the database, each waited for until it is there, and a
/// folder of media.
///
/// *Confined to the main thread*, but for [#isUp].
final class SharedBackends {
  private static final Duration KAFKA_LOOK = Duration.ofSeconds(1);

  private final Foundation base;
  private final NodeId node;
  private final ServerFolder ownFolder;
  private final RedisMetrics redisMetrics;
  private final StartPatience patience;
  private volatile BooleanSupplier databaseAnswers = () -> false;
  private volatile @Nullable KafkaBackend kafka;
  private volatile @Nullable RedisConnections redis;

  /// @param node this one
  /// @param ownFolder of this service on this machine
  SharedBackends(Foundation base, NodeId node, ServerFolder ownFolder) {
    this.base = base;
    this.node = node;
    this.ownFolder = ownFolder;
    this.redisMetrics = new RedisMeters(base.metrics());
    this.patience = new StartPatience(base.lifecycle());
  }

  /// What the start waits for, as everybody may know; empty when it does not wait.
  Optional<String> waitingFor() {
    return patience.waitingFor();
  }

  /// Whether something answered lately.
  boolean isUp(Role.Shared what) {
    return switch (what) {
      case DATABASE -> databaseAnswers.getAsBoolean();
      case KAFKA -> Optional.ofNullable(kafka).map(KafkaBackend::answers).orElse(false);
      case REDIS -> Optional.ofNullable(redis).map(RedisConnections::answers).orElse(false);
    };
  }

  RedisMetrics redisMetrics() {
    return redisMetrics;
  }

  /// Begins to ask for Kafka. What needs it is refused, or waits, until it is there.
  KafkaBackend kafka() {
    return kafka(KafkaBackend::open);
  }

  /// As [#kafka()], for a service that only tells events.
  KafkaBackend kafkaToTell() {
    return kafka(KafkaBackend::openToTell);
  }

  private KafkaBackend kafka(BiFunction<KafkaConfig, KafkaPorts, KafkaBackend> open) {
    KafkaBackend opened =
        base.lifecycle()
            .own(
                "Kafka",
                open.apply(
                    base.config().kafka(),
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
            base.config().redis(),
            redisMetrics,
            base.clock(),
            base.nanoClock(),
            Thread.ofVirtual().factory(),
            this::untilRedis);
    redis = base.lifecycle().own("connections to Redis", opened);
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
    int wrongTokens = base.config().api().limits().failedAuthenticationsPerMinute();
    ControlView view =
        withDatabase(() -> ControlView.open(base.config().database(), wrongTokens, ports));
    databaseAnswers = view::databaseAnswers;
    ControlWiring.measureDatabase(base.metrics(), view, ControlView::databaseAnswers);
    return base.lifecycle().own("view of the control plane", view);
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
    return base.lifecycle()
        .own(
            "cache of stream keys",
            RedisStreamKeyCache.open(
                connections, redisMetrics, new SecureRandom(), Thread.ofVirtual().factory()));
  }

  /// The register of streams that ingest services receive.
  LiveStreamRegistry registry(RedisConnections connections) {
    return base.lifecycle()
        .own(
            "register of streams",
            LiveStreamRegistry.open(connections, redisMetrics, Thread.ofVirtual().factory()));
  }

  /// Tells this service from now on what ingest measures.
  void tellMeasurements(RedisConnections connections, StreamEvents events) {
    RedisMetricsSnapshots snapshots =
        base.lifecycle()
            .own(
                "snapshots of metrics",
                RedisMetricsSnapshots.open(
                    connections, redisMetrics, Thread.ofVirtual().factory()));
    MeasurementsElsewhere _ =
        base.lifecycle()
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
    String folder = base.config().media().folder();
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
}
