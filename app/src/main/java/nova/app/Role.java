package nova.app;

import java.util.List;
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

  /// What services share.
  enum Shared {
    DATABASE("database"),
    KAFKA("kafka"),
    REDIS("redis");

    private final String title;

    Shared(String title) {
      this.title = title;
    }

    /// As `/health/ready` names it.
    String title() {
      return title;
    }
  }

  /// Something shared that a service uses.
  ///
  /// @param needed whether the service can take nobody while it is away; if not, it goes on with
  ///   less
  record Use(Shared what, boolean needed) {}

  private final String command;
  private final int httpPort;

  Role(String command, int httpPort) {
    this.command = command;
    this.httpPort = httpPort;
  }

  /// What it uses of what services share.
  List<Use> uses() {
    return switch (this) {
      case INGEST -> // keys that were used before are known without the database
          List.of(
              new Use(Shared.DATABASE, false),
              new Use(Shared.KAFKA, true),
              new Use(Shared.REDIS, true));
      case TRANSCODE ->
          List.of(
              new Use(Shared.DATABASE, false),
              new Use(Shared.KAFKA, true),
              new Use(Shared.REDIS, true));
      case DELIVERY ->
          List.of(
              new Use(Shared.DATABASE, false),
              new Use(Shared.KAFKA, false),
              new Use(Shared.REDIS, false));
      case API ->
          List.of(
              new Use(Shared.DATABASE, true),
              new Use(Shared.KAFKA, false),
              new Use(Shared.REDIS, false));
    };
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
    if (!config.redis().isPresent()) {
      throw new StartupException(
          "redis.url is empty (expected: the Redis that all services share, such as"
              + " redis://redis.example.com; `nova start` runs without one)");
    }
  }
}
