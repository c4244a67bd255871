package nova.app;

import java.util.Map;
import nova.app.config.AppConfig;
import nova.app.error.StartupException;

/// The services into which an installation is divided that has more than one machine. Of each there
/// may be any number.
enum Role {
  INGEST("ingest", 8084),
  TRANSCODE("transcode", 8083),
  DELIVERY("delivery", 8082),
  API("api", 8081);

  private final String command;
  private final int httpPort;

  Role(String command, int httpPort) {
    this.command = command;
    this.httpPort = httpPort;
  }

  /// The `nova` command that runs it.
  String command() {
    return command;
  }

  /// What it has other defaults for than `nova start`, by key.
  Map<String, String> defaults() {
    return Map.of("http.port", Integer.toString(httpPort), "data", "./nova-data-" + command);
  }

  /// Checks that what services share is named.
  ///
  /// @throws StartupException with a sentence that names the key
  void require(AppConfig config) {
    if (config.database().isEmbedded()) {
      throw new StartupException(
          "database.url is empty (expected: the PostgreSQL that all services share, such as"
              + " jdbc:postgresql://db.example.com/nova; `nova start` runs without one)");
    }
  }
}
