package nova.control.database;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/// Asks a database whether it answers and can be written to, on a connection of its own: one that
/// hangs is noticed, and one whose other connections are all in use still answers.
///
/// *Thread-safe; one asks at a time.*
final class DatabaseProbe implements AutoCloseable {
  private final PGSimpleDataSource source;
  private volatile @Nullable Connection connection;
  private volatile boolean outdated;
  private volatile boolean closed;

  /// @param source of connections, which nobody else uses
  /// @param patience how long it may take to connect, and to answer
  DatabaseProbe(PGSimpleDataSource source, Duration patience) {
    this.source = source;
    int seconds = Math.toIntExact(patience.plusMillis(999).toSeconds());
    source.setConnectTimeout(seconds);
    source.setSocketTimeout(seconds);
  }

  /// Returns when it answered, and can be written to.
  ///
  /// @throws SQLException when it is not so; the next time asks on another connection
  void ask() throws SQLException {
    try {
      if (outdated) {
        outdated = false;
        disconnect();
      }
      Connection asked = connection;
      if (asked == null) {
        asked = source.getConnection();
        connection = asked;
      }
      if (closed) {
        throw new SQLException("closed");
      }
      try (Statement statement = asked.createStatement();
          ResultSet answer =
              statement.executeQuery("SELECT current_setting('transaction_read_only')::boolean")) {
        if (answer.next() && answer.getBoolean(1)) {
          throw SqlErrors.readOnly();
        }
      }
    } catch (SQLException e) {
      disconnect();
      throw e;
    }
  }

  /// What the connection says may not be so on others, because they are newer.
  void reconnect() {
    outdated = true;
  }

  private void disconnect() throws SQLException {
    Connection asked = connection;
    connection = null;
    if (asked != null) {
      asked.abort(Runnable::run); // unlike close(), without a word to who may not listen
    }
  }

  /// Whoever waits for an answer is told that there is none.
  @Override
  public void close() throws SQLException {
    closed = true;
    disconnect();
  }
}
