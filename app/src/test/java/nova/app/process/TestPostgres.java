package nova.app.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import nova.control.database.Database;
import nova.control.database.DatabaseConfig;
import nova.control.database.EmbeddedPostgres;
import org.jspecify.annotations.Nullable;

/// One PostgreSQL for all servers of the tests of this JVM, with a database for each folder they
/// run in: making one of our own for each would take most of the tests' time.
///
/// *Thread-safe.*
public final class TestPostgres {
  private static final String TEMPLATE = "nova_template";
  private static final TestPostgres SHARED = new TestPostgres();

  private final Map<Path, DatabaseConfig> databases = new HashMap<>();
  private @Nullable DatabaseConfig server;

  private TestPostgres() {}

  /// The environment of a server that runs in `folder`: the same database each time.
  public static Map<String, String> environment(Path folder) {
    DatabaseConfig database = of(folder);
    return Map.of(
        "NOVA_DATABASE_URL", database.url(),
        "NOVA_DATABASE_USER", database.user(),
        "NOVA_DATABASE_PASSWORD", database.password(),
        "NOVA_DATABASE_CONNECTIONS", "4");
  }

  /// The database of servers that run in `folder`.
  public static synchronized DatabaseConfig of(Path folder) {
    return SHARED.databases.computeIfAbsent(folder.toAbsolutePath(), _ -> SHARED.create());
  }

  private DatabaseConfig create() {
    DatabaseConfig known = Optional.ofNullable(server).orElseGet(this::start);
    String name = "nova_" + databases.size();
    execute(known, "CREATE DATABASE %s TEMPLATE %s".formatted(name, TEMPLATE));
    return named(known, name);
  }

  private DatabaseConfig start() {
    try {
      Path folder = Files.createTempDirectory(Path.of("target"), "postgres");
      EmbeddedPostgres postgres = EmbeddedPostgres.start(folder);
      Runtime.getRuntime().addShutdownHook(new Thread(postgres::close));
      DatabaseConfig found = postgres.config(2, Duration.ofSeconds(5));
      execute(found, "CREATE DATABASE " + TEMPLATE);
      try (Database template = Database.open(named(found, TEMPLATE))) {
        assert template.answers();
      }
      server = found;
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static DatabaseConfig named(DatabaseConfig server, String name) {
    String url = server.url().substring(0, server.url().lastIndexOf('/') + 1) + name;
    return new DatabaseConfig(
        url, server.user(), server.password(), server.connections(), server.patience());
  }

  private static void execute(DatabaseConfig at, String sql) {
    try (Connection connection = DriverManager.getConnection(at.url(), at.user(), at.password());
        Statement statement = connection.createStatement()) {
      boolean _ = statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
