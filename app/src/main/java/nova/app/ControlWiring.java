package nova.app;

import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.function.Predicate;
import nova.api.http.Authenticator;
import nova.api.token.TokenAuthenticator;
import nova.app.config.AppConfig;
import nova.app.error.StartupException;
import nova.app.keys.ConfiguredKeys;
import nova.app.metrics.Metrics;
import nova.control.Control;
import nova.control.ControlConfig;
import nova.control.ControlPorts;
import nova.control.audit.Actor;
import nova.control.channel.Channel;
import nova.control.database.DatabaseAwayException;
import nova.control.database.DatabaseStartException;
import nova.control.playback.PlaybackRights;
import nova.control.quality.CurrentLevels;
import nova.core.ChannelSlug;
import nova.transcode.LadderStep;

/// Puts the control plane together, and joins it to the stages, which do not know it.
///
/// *Thread-safe* once opened.
final class ControlWiring {
  private final ServerFolder folder;
  private final Control control;
  private final PlaybackRights rights;

  private ControlWiring(Foundation foundation, ServerFolder folder, Control control) {
    this.folder = folder;
    this.control = control;
    this.rights =
        PlaybackRights.open(
            control.channels().directory(),
            control.tokens(),
            foundation.config().api().limits().failedAuthenticationsPerMinute(),
            foundation.clock(),
            foundation.nanoClock(),
            Thread::startVirtualThread);
  }

  /// Begins to open the database and to make the channels of configured keys: PostgreSQL starts
  /// while the caller does something else. Who closes the lifecycle waits for it, so that a start
  /// that fails or is interrupted leaves no database running.
  ///
  /// @param ports what the control plane of this server needs from outside
  /// @return to be given to [#opened]
  static Future<ControlWiring> begin(
      Foundation foundation, ConfiguredKeys keys, ControlPorts ports) {
    FutureTask<ControlWiring> opening =
        new FutureTask<>(() -> openAlone(foundation, ServerFolder.open(foundation), keys, ports));
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

  private static ControlWiring openAlone(
      Foundation foundation, ServerFolder folder, ConfiguredKeys keys, ControlPorts ports) {
    try {
      return open(foundation, folder, keys, ports, false);
    } catch (DatabaseStartException | DatabaseAwayException e) {
      throw new StartupException(String.valueOf(e.getMessage()), e);
    }
  }

  /// Opens the control plane of a service that shares the database with others.
  ///
  /// @throws DatabaseStartException when there is no database to use, perhaps not yet
  /// @throws DatabaseAwayException when it went away meanwhile; nothing is left open then
  static ControlWiring openShared(
      Foundation foundation, ServerFolder folder, ConfiguredKeys keys, ControlPorts ports) {
    return open(foundation, folder, keys, ports, true);
  }

  private static ControlWiring open(
      Foundation foundation,
      ServerFolder folder,
      ConfiguredKeys keys,
      ControlPorts ports,
      boolean shared) {
    AppConfig config = foundation.config();
    Control control =
        Control.open(
            new ControlConfig(folder.path(), config.database(), config.metrics(), shared), ports);
    try {
      for (ChannelSlug channel : keys.channels()) {
        Channel _ = control.channels().ensure(channel, Actor.SYSTEM);
      }
    } catch (RuntimeException e) {
      control.close(); // who waits for the database opens another
      throw e;
    }
    return new ControlWiring(
        foundation, folder, foundation.lifecycle().own("control plane", control));
  }

  Control control() {
    return control;
  }

  /// The folder of the server.
  ServerFolder folder() {
    return folder;
  }

  PlaybackRights rights() {
    return rights;
  }

  /// Whose a token is: of the database, or the one that commands on this machine find.
  Authenticator authenticator() {
    return folder.authenticator(new TokenAuthenticator(rights::tokenOf));
  }

  /// The quality levels, as the ladder calls them.
  List<LadderStep> ladderSteps() {
    return ladderSteps(control.currentLevels());
  }

  /// Quality levels, as the ladder calls them.
  static List<LadderStep> ladderSteps(CurrentLevels levels) {
    return levels.enabled().stream()
        .map(level -> new LadderStep(level.height(), level.videoBitrateBps(), level.maxFrameRate()))
        .toList();
  }

  /// Shows whether the database that something uses answers.
  static <T> void measureDatabase(Metrics metrics, T user, Predicate<T> answers) {
    metrics.gauge(
        "nova.database.up",
        "Whether the database answered when it was last asked.",
        "",
        user,
        asked -> answers.test(asked) ? 1 : 0);
  }

  void measure(Metrics metrics) {
    measureDatabase(metrics, control, Control::databaseAnswers);
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
