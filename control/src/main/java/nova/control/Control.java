package nova.control;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import nova.control.audit.AuditLog;
import nova.control.channel.ChannelDeletion;
import nova.control.channel.ChannelRepository;
import nova.control.channel.Channels;
import nova.control.database.Database;
import nova.control.database.DatabaseConfig;
import nova.control.database.DatabaseStartException;
import nova.control.database.EmbeddedPostgres;
import nova.control.database.RepeatedTask;
import nova.control.database.WholeFile;
import nova.control.metric.MetricsMaintenance;
import nova.control.metric.StreamMetrics;
import nova.control.metric.StreamMetricsPartitions;
import nova.control.metric.StreamMetricsRepository;
import nova.control.outbox.Outbox;
import nova.control.quality.CurrentLevels;
import nova.control.quality.QualityLevelRepository;
import nova.control.quality.QualityLevels;
import nova.control.stream.StreamJournal;
import nova.control.stream.StreamRecorder;
import nova.control.stream.StreamRepository;
import nova.control.stream.Streams;
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
  private static final Duration CLEANED_EVERY = Duration.ofHours(1);
  private static final Duration AGAIN = Duration.ofSeconds(1);

  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
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
    try {
      database = own(Database.open(databaseOf(config, ports)));
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
              ports.live()::dropKey,
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
      currentLevels = own(CurrentLevels.start(database, levels, ports.threads()));
      qualityLevels = new QualityLevels(database, levels, audit, currentLevels, ports.clock());
      streamMetrics = new StreamMetrics(database, new StreamMetricsRepository(), partitions);
      Outbox outbox = new Outbox();
      StreamRecorder recorder =
          new StreamRecorder(
              streamRows, channelRows, keyRows, streamKeys, audit, outbox, nodeOf(config.data()));
      closeLeftOver(recorder, ports);
      journal =
          own(
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
      Subscription _ = own(ports.events().subscribe(journal));
      channels.directory().refresh();
      repeat("database-watch", WATCHED_EVERY, database::watch, ports);
      repeat("channel-directory", CHANNELS_READ_EVERY, channels.directory()::refresh, ports);
      repeat(
          "outbox-cleaning",
          CLEANED_EVERY,
          () ->
              database.useTransaction(
                  handle -> {
                    int _ =
                        outbox.removeBefore(
                            handle, ports.clock().instant().minus(config.events().keep()));
                  }),
          ports);
      MetricsMaintenance _ =
          own(
              MetricsMaintenance.start(
                  database, partitions, config.metrics(), ports.clock(), ports.threads()));
    } catch (RuntimeException e) {
      try {
        close();
      } catch (IllegalStateException notClosed) {
        e.addSuppressed(notClosed);
      }
      throw e;
    }
  }

  /// Opens the database, closes what a server that was killed left on air, and begins to follow the
  /// events of streams.
  ///
  /// @throws DatabaseStartException when there is no database to use
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
    IllegalStateException failed = new IllegalStateException("the control plane does not close");
    while (!opened.isEmpty()) {
      try {
        opened.pop().close();
      } catch (Exception e) {
        failed.addSuppressed(e); // what is below must be closed all the same
      }
    }
    if (failed.getSuppressed().length > 0) {
      throw failed;
    }
  }

  private DatabaseConfig databaseOf(ControlConfig config, ControlPorts ports) {
    DatabaseConfig wanted = config.database();
    if (!wanted.isEmbedded()) {
      return wanted;
    }
    EmbeddedPostgres postgres = own(EmbeddedPostgres.start(config.data()));
    repeat("database-process", WATCHED_EVERY, postgres::keepRunning, ports);
    return postgres.config(wanted.connections(), wanted.patience());
  }

  /// The name that this server keeps when it starts again.
  private static UUID nodeOf(Path data) {
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

  private void repeat(String name, Duration every, Runnable work, ControlPorts ports) {
    RepeatedTask _ = own(RepeatedTask.start(name, every, AGAIN, work, ports.threads()));
  }

  private <T extends AutoCloseable> T own(T closeable) {
    opened.push(closeable);
    return closeable;
  }
}
