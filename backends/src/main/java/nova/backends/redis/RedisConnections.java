package nova.backends.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SocketOptions.KeepAliveOptions;
import io.lettuce.core.SocketOptions.TcpUserTimeoutOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.lettuce.core.resource.Delay;
import io.lettuce.core.resource.EpollProvider;
import io.netty.util.HashedWheelTimer;
import java.io.File;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import nova.core.NanoClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The connections of one process to Redis. Each adapter has its own, so that a lease is not
/// renewed behind megabytes of media; all come back by themselves, sooner at first and every two
/// seconds later.
///
/// *Thread-safe.*
public final class RedisConnections implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RedisConnections.class);
  private static final int EVENT_LOOPS = 2;
  private static final Duration SOONEST_RECONNECT = Duration.ofMillis(20);
  private static final Duration LATEST_RECONNECT = Duration.ofSeconds(2);
  private static final Duration SILENCE = Duration.ofSeconds(5); // of a peer that is gone
  private static final int STOP_SECONDS = 2;

  /// The timer of commands forgets one that was answered at its next tick, and with it the answer:
  /// with the usual 100 ms it held a hundred megabytes of media for a gigabyte that is read a
  /// second, and the collector was busy with them.
  private static final Duration TICK = Duration.ofMillis(10);

  /// What to do while Redis cannot be connected to once more.
  @FunctionalInterface
  public interface Patience {
    /// Connects, perhaps later or several times.
    ///
    /// @param connect throws [RedisStartException] when that is not possible now
    <T> T until(Supplier<T> connect);
  }

  private final RedisConfig config;
  private final Patience patience;
  private final NanoClock nanoClock;
  private final HashedWheelTimer timer;
  private final RedisMetrics metrics;
  private final ClientResources resources;
  private final RedisClient client;
  private final RedisWatch watch;
  private volatile boolean missed;

  private RedisConnections(
      RedisConfig config,
      RedisMetrics metrics,
      InstantSource clock,
      NanoClock nanoClock,
      ThreadFactory threads,
      Patience patience,
      boolean missed) {
    this.config = config;
    this.patience = patience;
    this.missed = missed;
    this.nanoClock = nanoClock;
    this.timer = new HashedWheelTimer(threads, TICK.toMillis(), TimeUnit.MILLISECONDS);
    this.metrics = metrics;
    this.resources =
        DefaultClientResources.builder()
            .ioThreadPoolSize(EVENT_LOOPS)
            .computationThreadPoolSize(EVENT_LOOPS)
            .timer(timer)
            .reconnectDelay(
                Delay.equalJitter(
                    SOONEST_RECONNECT,
                    LATEST_RECONNECT,
                    SOONEST_RECONNECT.toMillis(),
                    TimeUnit.MILLISECONDS))
            .build();
    this.client = RedisClient.create(resources);
    try {
      client.setOptions(options(config));
      RedisLink first = connect(RedisArea.MEDIA, "watch");
      RedisServerFacts.require(first, config);
      this.watch = RedisWatch.start(first, metrics, clock, nanoClock, threads);
    } catch (RuntimeException e) {
      shutDown();
      throw e;
    }
  }

  /// Connects, or says why that is not possible.
  ///
  /// @param threads makes the threads that look whether Redis answers, and does so in time
  /// @throws RedisStartException when Redis cannot be used
  public static RedisConnections open(
      RedisConfig config,
      RedisMetrics metrics,
      InstantSource clock,
      NanoClock nanoClock,
      ThreadFactory threads) {
    return open(config, metrics, clock, nanoClock, threads, Supplier::get);
  }

  /// As [#open(RedisConfig, RedisMetrics, InstantSource, NanoClock, ThreadFactory)].
  ///
  /// @param patience of whoever opens this, and later an adapter, which has further connections
  public static RedisConnections open(
      RedisConfig config,
      RedisMetrics metrics,
      InstantSource clock,
      NanoClock nanoClock,
      ThreadFactory threads,
      Patience patience) {
    if (!config.isPresent()) {
      throw new RedisStartException(
          "redis.url is empty (expected: the address of the Redis that the servers share,"
              + " such as redis://redis.example.com:6379)");
    }
    AtomicBoolean again = new AtomicBoolean();
    return patience.until(
        () ->
            new RedisConnections(
                config, metrics, clock, nanoClock, threads, patience, again.getAndSet(true)));
  }

  /// Whether Redis, at any time so far, could not be connected to at once: perhaps others, too, are
  /// only coming back to it.
  boolean wasMissed() {
    return missed;
  }

  /// Whether Redis answered in time when it was asked last, which is twice a second. One that hangs
  /// does not, though its connections are open.
  public boolean answers() {
    return watch.answers();
  }

  /// How far the clock of Redis is ahead of this machine's, as measured last; negative when it is
  /// behind.
  public Duration clockSkew() {
    return watch.skew();
  }

  RedisConfig config() {
    return config;
  }

  Keyspace keys(RedisArea area) {
    return Keyspace.of(config, area);
  }

  /// A further connection.
  ///
  /// @param purpose what Redis shows it as
  /// @throws RedisStartException when Redis cannot be used
  RedisLink link(RedisArea area, String purpose) {
    return patience.until(() -> connect(area, purpose));
  }

  private RedisLink connect(RedisArea area, String purpose) {
    try {
      return new RedisLink(
          client.connect(BytesCodec.INSTANCE, uri(area, purpose)),
          keys(area),
          metrics,
          nanoClock,
          config.timeout(),
          this::answers);
    } catch (RedisException e) {
      missed = true;
      throw ConnectFailure.explain(config, e);
    }
  }

  /// A further connection that hears of what is published.
  ///
  /// @throws RedisStartException when Redis cannot be used
  RedisSubscription subscription(String purpose) {
    return patience.until(() -> subscribe(purpose));
  }

  private RedisSubscription subscribe(String purpose) {
    try {
      return new RedisSubscription(
          client.connectPubSub(BytesCodec.INSTANCE, uri(RedisArea.MEDIA, purpose)), metrics);
    } catch (RedisException e) {
      missed = true;
      throw ConnectFailure.explain(config, e);
    }
  }

  private RedisURI uri(RedisArea area, String purpose) {
    URI url = URI.create(config.url());
    RedisURI uri = new RedisURI();
    uri.setHost(url.getHost());
    uri.setPort(url.getPort() > 0 ? url.getPort() : RedisURI.DEFAULT_REDIS_PORT);
    uri.setSsl(config.isTls());
    uri.setTimeout(config.timeout());
    uri.setDatabase(config.isNumbered() ? area.database() : 0);
    uri.setClientName(config.keyPrefix() + "-" + purpose);
    String user = url.getRawUserInfo();
    if (user != null) {
      int colon = user.indexOf(':');
      String name = colon < 0 ? "" : decoded(user.substring(0, colon));
      String password = decoded(user.substring(colon + 1));
      if (name.isEmpty()) {
        uri.setAuthentication(password);
      } else {
        uri.setAuthentication(name, password);
      }
    }
    return uri;
  }

  /// As in the user part of an address, where a plus sign is a plus sign.
  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static ClientOptions options(RedisConfig config) {
    SocketOptions.Builder sockets =
        SocketOptions.builder()
            .connectTimeout(config.timeout())
            .keepAlive(
                KeepAliveOptions.builder()
                    .enable()
                    .idle(SILENCE)
                    .interval(Duration.ofSeconds(1))
                    .count(3)
                    .build());
    if (EpollProvider.isAvailable()) {
      // A peer that vanished with data under way is otherwise waited for for minutes.
      sockets.tcpUserTimeout(
          TcpUserTimeoutOptions.builder().enable().tcpUserTimeout(SILENCE).build());
    }
    SslOptions.Builder tls = SslOptions.builder().jdkSslProvider();
    if (!config.caFile().isEmpty()) {
      File trusted = new File(config.caFile());
      if (!trusted.canRead()) {
        throw new RedisStartException(
            "redis.ca-file '%s' cannot be read (expected: a file of PEM certificates)"
                .formatted(config.caFile()));
      }
      tls.trustManager(trusted);
    }
    return ClientOptions.builder()
        .autoReconnect(true)
        .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
        .replayFilter(_ -> true) // whoever sent it decides anew
        .requestQueueSize(config.queuedCommands())
        .timeoutOptions(TimeoutOptions.enabled(config.timeout()))
        .protocolVersion(ProtocolVersion.RESP2)
        .maintNotificationsConfig(MaintNotificationsConfig.disabled())
        .socketOptions(sockets.build())
        .sslOptions(tls.build())
        .build();
  }

  private void shutDown() {
    client.shutdown(0, STOP_SECONDS, TimeUnit.SECONDS);
    var _ = resources.shutdown(0, STOP_SECONDS, TimeUnit.SECONDS); // its threads are daemons
    var _ = timer.stop();
  }

  @Override
  public void close() {
    watch.close();
    shutDown();
    log.debug("connections to Redis closed");
  }
}
