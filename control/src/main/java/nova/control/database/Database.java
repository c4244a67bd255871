package nova.control.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.util.function.Consumer;
import java.util.function.Function;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/// A PostgreSQL with Nova's schema. Whoever asks waits for the answer, so do it on a virtual
/// thread.
///
/// *Thread-safe.*
public final class Database implements AutoCloseable {
  private static final String MIGRATIONS = "classpath:nova/control/database/migrations";

  private final HikariDataSource connections;
  private final Jdbi jdbi;

  private Database(HikariDataSource connections) {
    this.connections = connections;
    this.jdbi = Jdbi.create(connections);
  }

  /// Connects, and brings the schema up to date.
  ///
  /// @throws DatabaseStartException when there is no database, or it is of a later release
  public static Database open(DatabaseConfig config) {
    HikariConfig pool = new HikariConfig();
    pool.setPoolName("database");
    pool.setJdbcUrl(config.url());
    pool.setUsername(config.user());
    pool.setPassword(config.password());
    pool.setMaximumPoolSize(config.connections());
    pool.setConnectionTimeout(config.patience().toMillis());
    HikariDataSource connections;
    try {
      connections = new HikariDataSource(pool);
    } catch (RuntimeException e) {
      throw new DatabaseStartException(
          "database.url %s cannot be used: %s (expected: a PostgreSQL of version 14 or later)"
              .formatted(config, rootMessage(e)),
          e);
    }
    try {
      var _ =
          Flyway.configure(Database.class.getClassLoader())
              .dataSource(connections)
              .locations(MIGRATIONS)
              .load()
              .migrate();
      return new Database(connections);
    } catch (FlywayException e) {
      connections.close();
      throw new DatabaseStartException(
          "the schema of %s cannot be brought up to date: %s".formatted(config, e.getMessage()), e);
    }
  }

  /// Does work in one transaction: all of it or, when it throws, nothing.
  ///
  /// @throws DatabaseAwayException when the database does not answer
  /// @throws ConflictException when a constraint of the schema does not hold
  public <T> T inTransaction(Function<Handle, T> work) {
    try {
      return jdbi.inTransaction(work::apply);
    } catch (RuntimeException e) {
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

  @Override
  public void close() {
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
