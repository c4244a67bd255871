package nova.control;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import nova.control.audit.AuditLog;
import nova.control.channel.ChannelDeletion;
import nova.control.channel.ChannelRepository;
import nova.control.channel.Channels;
import nova.control.database.Database;
import nova.control.database.DatabaseAwayException;
import nova.control.database.DatabaseConfig;
import nova.control.database.DatabaseStartException;
import nova.control.database.EmbeddedPostgres;
import nova.control.database.WholeFile;
import nova.control.metric.MetricsMaintenance;
import nova.control.metric.StreamMetrics;
import nova.control.metric.StreamMetricsPartitions;
import nova.control.metric.StreamMetricsRepository;
import nova.control.quality.CurrentLevels;
import nova.control.quality.QualityLevelRepository;
import nova.control.quality.QualityLevels;
import nova.control.stream.GoneServers;
import nova.control.stream.KeysOnAir;
import nova.control.stream.StreamJournal;
import nova.control.stream.StreamRecorder;
import nova.control.stream.StreamRepository;
import nova.control.stream.Streams;
import nova.control.streamkey.LiveKeys;
import nova.control.streamkey.StreamKeyRepository;
import nova.control.streamkey.StreamKeys;
import nova.control.token.TokenRepository;
import nova.control.token.Tokens;
import nova.core.StreamEvents.Subscription;
import nova.core.StreamId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The control plane of one server: the database, and all that is done with it.
///
/// *Thread-safe.*
public final class Control implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Control.class);
  private static final Duration WATCHED_EVERY = Duration.ofSeconds(1);
  private static final Duration CHANNELS_READ_EVERY = Duration.ofSeconds(5);
  private static final Duration GONE_LOOKED_FOR_EVERY = Duration.ofSeconds(20);

  private final OpenedParts opened;
  private final Database database;
  private final Channels channels;
  private final StreamKeys streamKeys;
  private final Tokens tokens;
  private final AuditLog audit;
  private final CurrentLevels currentLevels;
  private final QualityLevels qualityLevels;
  private final StreamMetrics streamMetrics;
  private final StreamJournal journal;
  private final Streams streams;

  private Control(ControlConfig config, ControlPorts ports) {
    if (config.shared() && ports.own().equals(ports.events())) {
      throw new IllegalArgumentException(
          "all events are taken for this server's own (expected: those that it published)");
    }
    opened = new OpenedParts("the control plane", ports.threads());
    try {
      database =
          opened.own(
              config.shared()
                  ? Database.openMigrated(config.database())
                  : Database.open(databaseOf(config)));
      ChannelRepository channelRows = new ChannelRepository();
      StreamKeyRepository keyRows = new StreamKeyRepository();
      StreamMetricsPartitions partitions = new StreamMetricsPartitions();
      StreamRepository streamRows = new StreamRepository();
      audit = new AuditLog(database);
      streamKeys =
          new StreamKeys(
              database,
              keyRows,
              channelRows,
              audit,
              ports.keyCache(),
              keysOnAir(config, ports, streamRows),
              ports.clock(),
              ports.random());
      tokens =
          new Tokens(
              database, new TokenRepository(), channelRows, audit, ports.clock(), ports.random());
      ChannelDeletion keysAndTokens = streamKeys::forgetting;
      channels =
          new Channels(
              database, channelRows, audit, keysAndTokens.and(tokens::forgetting), ports.clock());
      QualityLevelRepository levels = new QualityLevelRepository();
      currentLevels = opened.own(CurrentLevels.start(database, levels, ports.threads()));
      qualityLevels = new QualityLevels(database, levels, audit, currentLevels, ports.clock());
      streamMetrics = new StreamMetrics(database, new StreamMetricsRepository(), partitions);
      StreamRecorder recorder =
          new StreamRecorder(streamRows, channelRows, keyRows, streamKeys, audit, nodeOf(config));
      if (!config.shared()) {
        closeLeftOver(recorder, ports);
      }
      journal =
          opened.own(
              StreamJournal.start(
                  database,
                  recorder,
                  streamMetrics,
                  ports.live(),
                  ports.nanoClock(),
                  ports.threads()));
      streams =
          new Streams(
              database,
              streamRows,
              channelRows,
              recorder,
              journal,
              streamKeys,
              audit,
              ports.live(),
              ports.clock(),
              ports.random());
      Subscription _ = opened.own(ports.own().subscribe(journal));
      if (config.shared()) {
        Subscription _ = opened.own(ports.events().subscribe(journal::onEventElsewhere));
        GoneServers gone =
            new GoneServers(
                database, streamRows, recorder, ports.onAir(), ports.clock(), ports.nanoClock());
        opened.repeat("gone-servers", GONE_LOOKED_FOR_EVERY, gone::look);
      }
      channels.directory().refresh();
      opened.repeat("database-watch", WATCHED_EVERY, database::watch);
      opened.repeat("channel-directory", CHANNELS_READ_EVERY, channels.directory()::refresh);
      MetricsMaintenance _ =
          opened.own(
              MetricsMaintenance.start(
                  database, partitions, config.metrics(), ports.clock(), ports.threads()));
    } catch (RuntimeException e) {
      throw opened.closedBecause(e);
    }
  }

  /// Opens the database, closes what a server that was killed left on air, unless it shares its
  /// streams with others, and begins to follow the events of streams.
  ///
  /// @throws DatabaseStartException when there is no database to use
  /// @throws DatabaseAwayException when it went away meanwhile; nothing is left open then
  public static Control open(ControlConfig config, ControlPorts ports) {
    return new Control(config, ports);
  }

  public Channels channels() {
    return channels;
  }

  public StreamKeys streamKeys() {
    return streamKeys;
  }

  public Streams streams() {
    return streams;
  }

  public StreamMetrics streamMetrics() {
    return streamMetrics;
  }

  public Tokens tokens() {
    return tokens;
  }

  public AuditLog audit() {
    return audit;
  }

  public QualityLevels qualityLevels() {
    return qualityLevels;
  }

  /// The quality levels in memory.
  public CurrentLevels currentLevels() {
    return currentLevels;
  }

  /// Whether the database answered when it was last asked.
  public boolean databaseAnswers() {
    return database.answers();
  }

  /// Events of streams that wait to be written.
  public int journalBacklog() {
    return journal.backlog();
  }

  /// Events of streams that were never written because too many waited.
  public long journalDropped() {
    return journal.dropped();
  }

  /// Measurements of streams that were never written because too many waited.
  public long journalDroppedMeasurements() {
    return journal.droppedMeasurements();
  }

  /// Writes what waits, and closes the database; one of our own stops.
  @Override
  public void close() {
    opened.close();
  }

  private LiveKeys keysOnAir(ControlConfig config, ControlPorts ports, StreamRepository streams) {
    return config.shared() ? new KeysOnAir(database, streams, ports.live()) : ports.live()::dropKey;
  }

  private DatabaseConfig databaseOf(ControlConfig config) {
    DatabaseConfig wanted = config.database();
    if (!wanted.isEmbedded()) {
      return wanted;
    }
    EmbeddedPostgres postgres = opened.own(EmbeddedPostgres.start(config.data()));
    opened.repeat("database-process", WATCHED_EVERY, postgres::keepRunning);
    return postgres.config(wanted.connections(), wanted.patience());
  }

  /// The name of this server. It keeps it when it starts again, unless others may have its streams
  /// by then.
  private static UUID nodeOf(ControlConfig config) {
    if (config.shared()) {
      return UUID.randomUUID();
    }
    Path data = config.data();
    Path file = data.resolve("node");
    try {
      if (Files.exists(file)) {
        return UUID.fromString(Files.readString(file).strip());
      }
      UUID node = UUID.randomUUID();
      Path _ = Files.createDirectories(data);
      WholeFile.write(file, node + "\n", "rw-r--r--");
      return node;
    } catch (IOException | IllegalArgumentException e) {
      throw new DatabaseStartException(
          "the server's name in %s cannot be read: %s (expected: a UUID, in a folder that can be written to; delete the file for a new one)"
              .formatted(file, e.getMessage()),
          e);
    }
  }

  private void closeLeftOver(StreamRecorder recorder, ControlPorts ports) {
    List<StreamId> closed =
        database.inTransaction(handle -> recorder.closeLeftOver(handle, ports.clock().instant()));
    closed.forEach(
        stream ->
            log.atWarn()
                .addKeyValue("stream", stream)
                .log("stream closed: the server had stopped unexpectedly"));
  }
}
