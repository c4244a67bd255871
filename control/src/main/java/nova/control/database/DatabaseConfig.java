package nova.control.database;

import java.time.Duration;

/// Where the database is, and how it is used.
///
/// *Immutable.*
///
/// @param url JDBC address of a PostgreSQL of version 14 or later, without user and password
/// @param user of the database, who may create tables
/// @param password never logged
/// @param connections at most
/// @param patience how long a query waits for a free connection before the database counts as away
public record DatabaseConfig(
    String url, String user, String password, int connections, Duration patience) {
  private static final String SCHEME = "jdbc:postgresql:";
  private static final int MOST_CONNECTIONS = 200;

  public DatabaseConfig {
    if (!url.startsWith(SCHEME)) {
      throw new IllegalArgumentException(
          "database.url '%s' (expected: %s//HOST:PORT/DATABASE)".formatted(url, SCHEME));
    }
    if (connections < 1 || connections > MOST_CONNECTIONS) {
      throw new IllegalArgumentException(
          "database.connections %d (expected: 1..%d)".formatted(connections, MOST_CONNECTIONS));
    }
  }

  /// Without the password.
  @Override
  public String toString() {
    return "%s as %s".formatted(url, user);
  }
}
