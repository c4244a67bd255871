package nova.control;

import java.security.SecureRandom;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import nova.control.audit.Actor;
import nova.control.audit.AuditLog;
import nova.control.channel.Channel;
import nova.control.channel.ChannelChange;
import nova.control.channel.ChannelDeletion;
import nova.control.channel.ChannelRepository;
import nova.control.channel.Channels;
import nova.control.database.Database;
import nova.control.metric.StreamMetrics;
import nova.control.metric.StreamMetricsPartitions;
import nova.control.metric.StreamMetricsRepository;
import nova.control.stream.StreamJournal;
import nova.control.stream.StreamRecorder;
import nova.control.stream.StreamRepository;
import nova.control.stream.Streams;
import nova.control.streamkey.CaffeineStreamKeyCache;
import nova.control.streamkey.IssuedKey;
import nova.control.streamkey.KeyTerms;
import nova.control.streamkey.StreamKeyRepository;
import nova.control.streamkey.StreamKeys;
import nova.control.token.TokenRepository;
import nova.control.token.Tokens;
import nova.core.ChannelSlug;
import nova.testkit.FakeClock;
import org.jdbi.v3.core.Handle;

/// The services of one server on a database that others may share. Time stands still, and a test
/// tells what ingest would.
///
/// *Thread-safe.*
public final class TestServer implements AutoCloseable {
  private final Database database;
  private final FakeClock clock;
  private final TestBroadcasts broadcasts = new TestBroadcasts();
  private final AuditLog audit;
  private final StreamKeys keys;
  private final Channels channels;
  private final Tokens tokens;
  private final StreamRecorder recorder;
  private final StreamMetrics metrics;
  private final StreamJournal journal;
  private final Streams streams;

  private TestServer(Database database, FakeClock clock, UUID node) {
    this.database = database;
    this.clock = clock;
    ChannelRepository channelRows = new ChannelRepository();
    StreamKeyRepository keyRows = new StreamKeyRepository();
    StreamRepository streamRows = new StreamRepository();
    SecureRandom random = new SecureRandom();
    audit = new AuditLog(database);
    keys =
        new StreamKeys(
            database,
            keyRows,
            channelRows,
            audit,
            new CaffeineStreamKeyCache(clock::nanoTime),
            broadcasts::dropKey,
            clock,
            random);
    tokens = new Tokens(database, new TokenRepository(), channelRows, audit, clock, random);
    ChannelDeletion keysAndTokens = keys::forgetting;
    channels =
        new Channels(database, channelRows, audit, keysAndTokens.and(tokens::forgetting), clock);
    recorder = new StreamRecorder(streamRows, channelRows, keyRows, keys, audit, node);
    metrics =
        new StreamMetrics(database, new StreamMetricsRepository(), new StreamMetricsPartitions());
    journal =
        StreamJournal.start(
            database, recorder, metrics, broadcasts, clock::nanoTime, Thread.ofVirtual().factory());
    streams =
        new Streams(
            database,
            streamRows,
            channelRows,
            recorder,
            journal,
            keys,
            audit,
            broadcasts,
            clock,
            random);
  }

  /// A server of its own name.
  public static TestServer on(Database database, FakeClock clock) {
    return new TestServer(database, clock, UUID.randomUUID());
  }

  /// Empties all tables that servers write, but for quality levels.
  public static void empty(Database database) {
    database.useTransaction(
        handle -> handle.execute("TRUNCATE channels, tokens, audit, stream_metrics CASCADE"));
  }

  public Database database() {
    return database;
  }

  public TestBroadcasts broadcasts() {
    return broadcasts;
  }

  public AuditLog audit() {
    return audit;
  }

  public StreamKeys keys() {
    return keys;
  }

  public Channels channels() {
    return channels;
  }

  public Tokens tokens() {
    return tokens;
  }

  public StreamRecorder recorder() {
    return recorder;
  }

  public StreamMetrics metrics() {
    return metrics;
  }

  public StreamJournal journal() {
    return journal;
  }

  public Streams streams() {
    return streams;
  }

  public FakeClock clock() {
    return clock;
  }

  /// A channel that everybody may watch.
  public Channel channel(ChannelSlug slug) {
    return channels.create(slug, ChannelChange.NONE, Actor.SYSTEM);
  }

  /// A key for everywhere and for ever.
  public IssuedKey key(ChannelSlug slug) {
    return keys.create(slug, KeyTerms.NONE, Actor.SYSTEM);
  }

  public <T> T inTransaction(Function<Handle, T> work) {
    return database.inTransaction(work);
  }

  /// Rows of a table that fit a condition.
  public long count(String from) {
    return database.inTransaction(
        handle -> handle.createQuery("SELECT count(*) FROM " + from).mapTo(Long.class).one());
  }

  /// Of one value, as text.
  public Optional<String> select(String sql) {
    return database.inTransaction(handle -> handle.createQuery(sql).mapTo(String.class).findOne());
  }

  @Override
  public void close() {
    journal.close();
  }
}
