package nova.app;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import nova.api.http.Authenticator;
import nova.api.token.TokenAuthenticator;
import nova.app.config.AppConfig;
import nova.app.error.StartupException;
import nova.app.keys.ConfiguredKeys;
import nova.app.local.LocalAuthenticator;
import nova.app.local.LocalServer;
import nova.app.metrics.Metrics;
import nova.control.Control;
import nova.control.ControlConfig;
import nova.control.ControlPorts;
import nova.control.audit.Actor;
import nova.control.channel.Channel;
import nova.control.database.DatabaseStartException;
import nova.control.playback.PlaybackRights;
import nova.control.stream.LiveBroadcasts;
import nova.control.streamkey.CaffeineStreamKeyCache;
import nova.control.token.TokenSecret;
import nova.core.ChannelSlug;
import nova.core.NanoClock;
import nova.core.StreamEvents;
import nova.core.StreamId;
import nova.core.StreamKeyId;
import nova.ingest.RtmpServer;
import nova.transcode.LadderStep;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Puts the control plane together, and joins it to the stages, which do not know it.
///
/// *Thread-safe* once opened.
final class ControlWiring {
  private static final Logger log = LoggerFactory.getLogger(ControlWiring.class);
  private static final Duration LOCK_PATIENCE = Duration.ofMinutes(1);
  private static final Duration LOCK_LOOK = Duration.ofMillis(100);

  private final InstantSource clock;
  private final DataFolder data;
  private final TokenSecret localToken;
  private final Control control;
  private final PlaybackRights rights;
  private volatile @Nullable RtmpServer rtmp; // begins to listen last

  private ControlWiring(Foundation foundation, StreamEvents events) {
    AppConfig config = foundation.config();
    NanoClock nanoClock = foundation.nanoClock();
    this.clock = foundation.clock();
    this.data = DataFolder.of(config);
    this.localToken = TokenSecret.random(new SecureRandom());
    data.prepare();
    AutoCloseable _ = foundation.lifecycle().own("lock of the data folder", lock(data));
    try {
      control =
          Control.open(
              new ControlConfig(data.path(), config.database(), config.metrics()),
              new ControlPorts(
                  events,
                  new Broadcasts(),
                  new CaffeineStreamKeyCache(nanoClock),
                  clock,
                  nanoClock,
                  new SecureRandom(),
                  Thread.ofVirtual().factory()));
    } catch (DatabaseStartException e) {
      throw new StartupException(String.valueOf(e.getMessage()), e);
    }
    this.rights =
        PlaybackRights.open(
            control.channels().directory(),
            control.tokens(),
            config.api().limits().failedAuthenticationsPerMinute(),
            clock,
            nanoClock,
            Thread::startVirtualThread);
  }

  /// Waits for the end of a backup or a restore, and of a server that is just ending, but not for
  /// one that runs.
  private static AutoCloseable lock(DataFolder data) {
    Optional<AutoCloseable> lock = data.tryLock();
    long startNs = System.nanoTime();
    boolean told = false;
    while (lock.isEmpty()
        && LocalServer.find(data.path()).isEmpty()
        && System.nanoTime() - startNs < LOCK_PATIENCE.toNanos()) {
      if (!told) {
        log.atInfo()
            .addKeyValue("folder", data.path())
            .log("waiting for another command to let go of the data folder");
        told = true;
      }
      LockSupport.parkNanos(LOCK_LOOK.toNanos());
      lock = data.tryLock();
    }
    return lock.orElseGet(data::lock);
  }

  /// Begins to open the database and to make the channels of configured keys: PostgreSQL starts
  /// while the caller does something else. Who closes the lifecycle waits for it, so that a start
  /// that fails or is interrupted leaves no database running.
  ///
  /// @return to be given to [#opened]
  static Future<ControlWiring> begin(
      Foundation foundation, ConfiguredKeys keys, StreamEvents events) {
    FutureTask<ControlWiring> opening = new FutureTask<>(() -> open(foundation, keys, events));
    Thread thread = Thread.ofPlatform().name("control-start").unstarted(opening);
    AutoCloseable _ = foundation.lifecycle().own("start of the control plane", () -> join(thread));
    thread.start();
    return opening;
  }

  private static void join(Thread started) throws InterruptedException {
    started.join();
  }

  /// Waits until the database is open.
  ///
  /// @throws StartupException when it cannot be opened
  static ControlWiring opened(Future<ControlWiring> opening) {
    try {
      return opening.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartupException("the start was interrupted", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException("the control plane does not open", e.getCause());
    }
  }

  private static ControlWiring open(
      Foundation foundation, ConfiguredKeys keys, StreamEvents events) {
    ControlWiring wiring = new ControlWiring(foundation, events);
    Control control = foundation.lifecycle().own("control plane", wiring.control);
    for (ChannelSlug channel : keys.channels()) {
      Channel _ = control.channels().ensure(channel, Actor.SYSTEM);
    }
    return wiring;
  }

  Control control() {
    return control;
  }

  /// Broadcasts can be stopped from now on.
  void listens(RtmpServer server) {
    rtmp = server;
  }

  /// What is on air at the RTMP server, once that listens.
  private final class Broadcasts implements LiveBroadcasts {
    @Override
    public CompletionStage<Boolean> stop(StreamId stream, String reason) {
      RtmpServer server = rtmp;
      return server == null
          ? CompletableFuture.completedStage(false)
          : server.stopStream(stream, reason);
    }

    @Override
    public void dropKey(StreamKeyId key, String reason) {
      RtmpServer server = rtmp;
      if (server != null) {
        server.dropKey(key, reason);
      }
    }
  }

  PlaybackRights rights() {
    return rights;
  }

  /// Whose a token is: of the database, or the one that commands on this machine find.
  Authenticator authenticator() {
    return new LocalAuthenticator(
        localToken, clock.instant(), new TokenAuthenticator(rights::tokenOf));
  }

  /// Lets commands on this machine find the server.
  void announce(String url, Lifecycle lifecycle) {
    AutoCloseable _ =
        lifecycle.own(
            "announcement",
            new LocalServer(url, localToken.value(), ProcessHandle.current().pid())
                .announce(data.path()));
  }

  /// The quality levels, as the ladder calls them.
  List<LadderStep> ladderSteps() {
    return control.currentLevels().enabled().stream()
        .map(level -> new LadderStep(level.height(), level.videoBitrateBps(), level.maxFrameRate()))
        .toList();
  }

  void measure(Metrics metrics) {
    metrics.gauge(
        "nova.database.up",
        "Whether the database answered when it was last asked.",
        "",
        control,
        watched -> watched.databaseAnswers() ? 1 : 0);
    metrics.gauge(
        "nova.journal.waiting",
        "Events of streams that wait for the database.",
        "events",
        control,
        Control::journalBacklog);
    metrics.count(
        "nova.journal.dropped",
        "Events of streams that were never written because too many waited.",
        "events",
        control,
        Control::journalDropped);
    metrics.count(
        "nova.journal.measurements.dropped",
        "Measurements of streams that were never written because too many waited.",
        "measurements",
        control,
        Control::journalDroppedMeasurements);
  }
}
