package nova.control.database;

import java.time.Duration;
import java.util.regex.Pattern;
import nova.core.Setting;
import org.postgresql.Driver;

/// Where the database is, and how it is used.
///
/// *Immutable.*
///
/// @param url JDBC address of a PostgreSQL of version 14 or later, without user and password; empty
///   for one of our own
/// @param user of the database, who may create tables
/// @param password never logged
/// @param connections at most, besides one that watches the database
/// @param patience how long a query waits for a free connection before the database counts as away
public record DatabaseConfig(
    @Setting(
            value =
                "JDBC address of a PostgreSQL of version 14 or later, such as"
                    + " jdbc:postgresql://db.example.com:5432/nova; empty: Nova runs one of its own"
                    + " in the data folder.",
            byDefault = "")
        String url,
    @Setting(value = "User of that database, who may create tables.", byDefault = "nova")
        String user,
    @Setting(
            value = "Password of that user; better in the environment than in a file.",
            byDefault = "")
        String password,
    @Setting(
            value = "Connections to the database at most, besides one that watches it.",
            byDefault = "10")
        int connections,
    @Setting(
            value = "How long a query waits for a connection before the database counts as away.",
            byDefault = "3s")
        Duration patience) {
  private static final String SCHEME = "jdbc:postgresql:";
  private static final Pattern LOGIN =
      Pattern.compile("//[^/?]*@|[?&](user|password)=", Pattern.CASE_INSENSITIVE);
  private static final int MOST_CONNECTIONS = 200;
  private static final Duration MAX_PATIENCE = Duration.ofMinutes(1);

  public DatabaseConfig {
    if (!url.isEmpty() && !url.startsWith(SCHEME)) {
      throw new IllegalArgumentException(
          "url '%s' (expected: %s//HOST:PORT/DATABASE)".formatted(shown(url), SCHEME));
    }
    if (LOGIN.matcher(url).find()) {
      throw new IllegalArgumentException(
          "url '%s' with a user or password in it (expected: both in settings of their own)"
              .formatted(shown(url)));
    }
    if (!url.isEmpty() && Driver.parseURL(url, null) == null) {
      throw new IllegalArgumentException(
          "url '%s' cannot be understood (expected: %s//HOST:PORT/DATABASE)"
              .formatted(shown(url), SCHEME));
    }
    if (connections < 1 || connections > MOST_CONNECTIONS) {
      throw new IllegalArgumentException(
          "connections %d (expected: 1..%d)".formatted(connections, MOST_CONNECTIONS));
    }
    if (patience.toMillis() < 250 || patience.compareTo(MAX_PATIENCE) > 0) {
      throw new IllegalArgumentException(
          "patience %s (expected: 250ms..%ds)".formatted(patience, MAX_PATIENCE.toSeconds()));
    }
  }

  /// A database of our own.
  public static DatabaseConfig defaults() {
    return new DatabaseConfig("", "nova", "", 10, Duration.ofSeconds(3));
  }

  /// Whether the database is one of our own.
  public boolean isEmbedded() {
    return url.isEmpty();
  }

  /// Without the password, and without the parameters of the address, which may be as secret.
  @Override
  public String toString() {
    return "%s as %s".formatted(shown(url), user);
  }

  private static String shown(String url) {
    return url.replaceFirst("\\?.*", "").replaceFirst("//.*@", "//");
  }
}
