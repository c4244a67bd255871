package nova.control.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.argument.Arguments;
import org.jdbi.v3.core.argument.NullArgument;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A PostgreSQL with Nova's schema. Whoever asks waits for the answer, so do it on a virtual
/// thread.
///
/// *Thread-safe.*
public final class Database implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Database.class);
  private static final String MIGRATIONS = "classpath:nova/control/database/migrations";

  /// The last of [#MIGRATIONS], so that a start need not look what there is.
  private static final int NEWEST_SCHEMA = 12;

  // Each is a process of PostgreSQL, with some MiB of its own.
  private static final int IDLE_CONNECTIONS = 2;
  private static final Duration IDLE_TIMEOUT = Duration.ofMinutes(1);

  /// Begins the names of our connections; the rest is another for each [Database].
  private static final String APPLICATION = "nova-";

  private final HikariDataSource connections;
  private final DatabaseConfig config;
  private final String name;
  private final DatabaseProbe probe;
  private final Jdbi jdbi;
  private volatile boolean answers = true;

  private Database(HikariDataSource connections, DatabaseConfig config, String name) {
    this.connections = connections;
    this.config = config;
    this.name = name;
    this.probe = new DatabaseProbe(source(config, name), config.patience());
    this.jdbi = Jdbi.create(connections);
    // An absent value is of the type that its column has, not of text.
    jdbi.getConfig(Arguments.class).setUntypedNullArgument(new NullArgument(Types.NULL));
  }

  /// Connects for a server, whose queries take seconds at most, and brings the schema up to date.
  ///
  /// @throws DatabaseStartException when there is no database, or it is of a later release
  public static Database open(DatabaseConfig config) {
    return open(config, SessionLimits.OF_SERVERS);
  }

  static Database open(DatabaseConfig config, SessionLimits limits) {
    Database database = connect(config, limits::applyTo);
    try {
      database.migrate();
      return database;
    } catch (Throwable e) {
      database.close();
      throw e;
    }
  }

  /// Connects for a server beside others, which must not change the schema under them.
  ///
  /// @throws DatabaseStartException when there is no database, or its schema is not that of this
  ///   release
  public static Database openMigrated(DatabaseConfig config) {
    Database database = connect(config, SessionLimits.OF_SERVERS::applyTo);
    try {
      database.requireMigrated();
      return database;
    } catch (Throwable e) {
      database.close();
      throw e;
    }
  }

  /// Connects to what is there, whatever its schema, for work that may take as long as it takes.
  ///
  /// @throws DatabaseStartException when there is no database
  public static Database connect(DatabaseConfig config) {
    return connect(config, _ -> {});
  }

  private static Database connect(DatabaseConfig config, Consumer<HikariConfig> limits) {
    String name = APPLICATION + UUID.randomUUID();
    HikariConfig pool = new HikariConfig();
    pool.setPoolName("database");
    pool.setJdbcUrl(config.url());
    pool.setUsername(config.user());
    pool.setPassword(config.password());
    pool.setMaximumPoolSize(config.connections());
    pool.setMinimumIdle(Math.min(IDLE_CONNECTIONS, config.connections()));
    if (config.connections() > IDLE_CONNECTIONS) { // else none ends, and the pool would complain
      pool.setIdleTimeout(IDLE_TIMEOUT.toMillis());
    }
    pool.setConnectionTimeout(config.patience().toMillis());
    pool.addDataSourceProperty("ApplicationName", name);
    pool.addDataSourceProperty("tcpKeepAlive", "true");
    pool.setExceptionOverride(new ReadOnlyEviction());
    limits.accept(pool);
    try {
      return new Database(new HikariDataSource(pool), config, name);
    } catch (RuntimeException e) {
      throw new DatabaseStartException(
          "database.url %s cannot be used: %s (expected: %s)"
              .formatted(
                  config,
                  rootMessage(e),
                  SqlErrors.isAboutUser(e)
                      ? "the database.user and database.password that it knows"
                      : "a PostgreSQL of version 14 or later"),
          e);
    }
  }

  /// Connections outside the pool.
  private static PGSimpleDataSource source(DatabaseConfig config, String name) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setURL(config.url());
    source.setUser(config.user());
    source.setPassword(config.password());
    source.setApplicationName(name);
    source.setTcpKeepAlive(true);
    return source;
  }

  /// Brings the schema up to date.
  ///
  /// @throws DatabaseStartException when that cannot be done
  public void migrate() {
    if (!isUpToDate()) {
      migrate(MigrationVersion.LATEST);
    }
  }

  /// Asked first, because it takes milliseconds: Flyway takes most of a second only to find out.
  private boolean isUpToDate() {
    try {
      return jdbi.withHandle(
          handle ->
              handle
                      .createQuery("SELECT to_regclass('flyway_schema_history') IS NOT NULL")
                      .mapTo(Boolean.class)
                      .one()
                  && handle
                      .createQuery(
                          """
                          SELECT coalesce(bool_and(success) AND max(version::integer) = :newest, false)
                            FROM flyway_schema_history
                           WHERE version IS NOT NULL
                          """)
                      .bind("newest", NEWEST_SCHEMA)
                      .mapTo(Boolean.class)
                      .one());
    } catch (RuntimeException e) {
      log.debug("the version of the schema cannot be read", e);
      return false; // Flyway says why
    }
  }

  private void requireMigrated() {
    if (isUpToDate()) {
      return;
    }
    int version;
    try {
      version = schemaVersion();
    } catch (DatabaseAwayException | DatabaseStartException e) {
      throw new DatabaseStartException(
          "database.url %s has a schema that cannot be read: %s".formatted(config, e.getMessage()),
          e);
    }
    if (version == NEWEST_SCHEMA && isUpToDate()) {
      return; // it was away when it was asked first
    }
    throw new DatabaseStartException(
        version > NEWEST_SCHEMA
            ? "database.url %s has schema %d (expected: %d); `nova migrate` of a later release was run on it: start that release here too"
                .formatted(config, version, NEWEST_SCHEMA)
            : "database.url %s has schema %d (expected: %d, without a migration that failed); run `nova migrate` once"
                .formatted(config, version, NEWEST_SCHEMA));
  }

  /// Brings the schema to a version that this release has had; of a later one it stays.
  ///
  /// @throws DatabaseStartException when that cannot be done
  public void migrateTo(int version) {
    migrate(MigrationVersion.fromVersion(Integer.toString(version)));
  }

  private void migrate(MigrationVersion target) {
    try {
      Flyway flyway = migrations().target(target).load();
      MigrationInfo[] all = flyway.info().all();
      int version = newest(all, Database::isApplied);
      int known = newest(all, Database::isKnown);
      if (target.equals(MigrationVersion.LATEST) && known != NEWEST_SCHEMA) {
        throw new IllegalStateException(
            "the migrations end with %d (expected: %d, which is NEWEST_SCHEMA)"
                .formatted(known, NEWEST_SCHEMA));
      }
      if (version > known) {
        throw new DatabaseStartException(
            "%s has schema %d (expected: at most %d); a later release of Nova used it: start that one"
                .formatted(config, version, known));
      }
      var _ = flyway.migrate();
    } catch (FlywayException e) {
      throw new DatabaseStartException(
          "the schema of %s cannot be brought up to date: %s".formatted(config, e.getMessage()), e);
    }
  }

  /// The version of the schema; 0 when there is none.
  public int schemaVersion() {
    return newest(Database::isApplied);
  }

  /// The version of the schema that this release brings.
  public int newestSchemaVersion() {
    return newest(Database::isKnown);
  }

  private int newest(Predicate<MigrationInfo> counts) {
    try {
      return newest(migrations().load().info().all(), counts);
    } catch (FlywayException e) {
      RuntimeException why = SqlErrors.translated(e);
      throw why instanceof FlywayException // it cannot be read for another reason
          ? new DatabaseAwayException("the database does not answer: " + rootMessage(e), e)
          : why;
    }
  }

  private static int newest(MigrationInfo[] all, Predicate<MigrationInfo> counts) {
    return Stream.of(all)
        .filter(counts)
        .mapToInt(info -> info.getVersion().getMajor().intValueExact())
        .max()
        .orElse(0);
  }

  private static boolean isApplied(MigrationInfo info) {
    return info.getState().isApplied();
  }

  private static boolean isKnown(MigrationInfo info) {
    return info.getState().isResolved();
  }

  private FluentConfiguration migrations() {
    return Flyway.configure(Database.class.getClassLoader())
        .dataSource(source(config, name)) // changes may take longer than a server's queries
        .locations(MIGRATIONS);
  }

  /// How many connections others of Nova have to this database: servers, usually.
  public int othersConnected() {
    return inTransaction(
        handle ->
            handle
                .createQuery(
                    """
                    SELECT count(*) FROM pg_stat_activity
                     WHERE datname = current_database() AND starts_with(application_name, :nova)
                       AND application_name <> current_setting('application_name')
                    """)
                .bind("nova", APPLICATION)
                .mapTo(Integer.class)
                .one());
  }

  /// Reads in one transaction, which sees all as it is when it begins.
  ///
  /// @throws DatabaseAwayException when the database does not answer
  public <T> T inSnapshot(Function<Handle, T> reading) {
    try {
      return jdbi.inTransaction(
          TransactionIsolationLevel.REPEATABLE_READ,
          handle -> {
            int _ = handle.execute("SET TRANSACTION READ ONLY");
            return reading.apply(handle);
          });
    } catch (RuntimeException e) {
      throw SqlErrors.translated(e);
    }
  }

  /// Whether it answered when it was last watched; while it does not, all who ask are told so at
  /// once instead of after [DatabaseConfig#patience].
  public boolean answers() {
    return answers;
  }

  /// Looks whether it answers and can be written to, once and for not much longer than
  /// [DatabaseConfig#patience]; to be repeated by who opened it.
  public void watch() {
    boolean before = answers;
    try {
      probe.ask();
      answers = !connections.isClosed();
    } catch (SQLException | RuntimeException e) {
      answers = false;
      if (before) {
        log.atWarn()
            .addKeyValue("database", config)
            .log("the database does not answer: {}", rootMessage(e));
      }
    }
    if (answers && !before) {
      log.atInfo().addKeyValue("database", config).log("the database answers again");
    }
  }

  /// Does work in one transaction: all of it or, when it throws, nothing.
  ///
  /// @throws DatabaseAwayException when the database does not answer
  /// @throws ConflictException when a constraint of the schema does not hold
  public <T> T inTransaction(Function<Handle, T> work) {
    if (!answers) {
      throw new DatabaseAwayException("the database does not answer");
    }
    try {
      return jdbi.inTransaction(work::apply);
    } catch (RuntimeException e) {
      if (SqlErrors.isReadOnly(e)) {
        probe.reconnect();
      }
      throw SqlErrors.translated(e);
    }
  }

  /// As [#inTransaction], without a result.
  public void useTransaction(Consumer<Handle> work) {
    Object _ =
        inTransaction(
            handle -> {
              work.accept(handle);
              return "";
            });
  }

  /// Whoever asks from now on is told that it does not answer.
  @Override
  public void close() {
    answers = false;
    try {
      probe.close();
    } catch (SQLException e) {
      log.debug("the connection of the watch does not close", e);
    }
    connections.close();
  }

  private static String rootMessage(Throwable thrown) {
    Throwable cause = thrown;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage());
  }
}
