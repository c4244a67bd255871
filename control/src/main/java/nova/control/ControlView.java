package nova.control;

import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.random.RandomGenerator;
import nova.control.audit.AuditLog;
import nova.control.channel.ChannelDirectory;
import nova.control.channel.ChannelRepository;
import nova.control.database.Database;
import nova.control.database.DatabaseAwayException;
import nova.control.database.DatabaseConfig;
import nova.control.database.DatabaseStartException;
import nova.control.playback.PlaybackRights;
import nova.control.quality.CurrentLevels;
import nova.control.quality.QualityLevelRepository;
import nova.control.token.TokenRepository;
import nova.control.token.Tokens;
import nova.core.NanoClock;

/// What servers that have no broadcasters and no API know of the control plane: who may watch, and
/// what streams are encoded to. It writes nothing but when tokens were used.
///
/// What changes elsewhere is known here within 5 s; a token that was taken back within 10 s.
///
/// *Thread-safe.*
public final class ControlView implements AutoCloseable {
  private static final Duration WATCHED_EVERY = Duration.ofSeconds(1);
  private static final Duration CHANNELS_READ_EVERY = Duration.ofSeconds(5);

  private final OpenedParts opened;
  private final Database database;
  private final CurrentLevels currentLevels;
  private final PlaybackRights rights;

  /// What the view needs from outside.
  ///
  /// *Immutable.*
  ///
  /// @param random used by several threads
  /// @param threads that may wait for the database
  /// @param blocking runs what waits for the database, on threads that may wait
  public record Ports(
      InstantSource clock,
      NanoClock nanoClock,
      RandomGenerator random,
      ThreadFactory threads,
      Executor blocking) {}

  private ControlView(DatabaseConfig config, int wrongTokensPerMinute, Ports ports) {
    opened = new OpenedParts("the view of the control plane", ports.threads());
    try {
      database = opened.own(Database.openMigrated(config));
      ChannelRepository channelRows = new ChannelRepository();
      ChannelDirectory channels = new ChannelDirectory(database, channelRows);
      channels.refresh();
      currentLevels =
          opened.own(CurrentLevels.start(database, new QualityLevelRepository(), ports.threads()));
      Tokens tokens =
          new Tokens(
              database,
              new TokenRepository(),
              channelRows,
              new AuditLog(database),
              ports.clock(),
              ports.random());
      rights =
          PlaybackRights.open(
              channels,
              tokens,
              wrongTokensPerMinute,
              ports.clock(),
              ports.nanoClock(),
              ports.blocking());
      opened.repeat("database-watch", WATCHED_EVERY, database::watch);
      opened.repeat("channel-directory", CHANNELS_READ_EVERY, channels::refresh);
    } catch (RuntimeException e) {
      throw opened.closedBecause(e);
    }
  }

  /// Opens the database, which a server of this release has made or brought up to date.
  ///
  /// @param wrongTokensPerMinute of an address, as [PlaybackRights#open] takes it
  /// @throws DatabaseStartException when there is no database to use, or its schema is another
  /// @throws DatabaseAwayException when it went away meanwhile; nothing is left open then
  public static ControlView open(DatabaseConfig config, int wrongTokensPerMinute, Ports ports) {
    return new ControlView(config, wrongTokensPerMinute, ports);
  }

  /// The quality levels in memory.
  public CurrentLevels currentLevels() {
    return currentLevels;
  }

  /// Who may watch.
  public PlaybackRights rights() {
    return rights;
  }

  /// Whether the database answered when it was last asked.
  public boolean databaseAnswers() {
    return database.answers();
  }

  /// Closes the database.
  @Override
  public void close() {
    opened.close();
  }
}
