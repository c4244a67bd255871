package nova.control.database;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Comparator;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/// A real database with Nova's schema, one for all test classes that ask for it; each test empties
/// the tables that it uses.
///
///     @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();
public final class TestDatabase implements BeforeAllCallback {
  private static final Path TARGET = Path.of("target");

  private @Nullable Database database;
  private @Nullable EmbeddedPostgres postgres;

  /// Of all test classes; closed after the last of them.
  private record Opened(Path folder, EmbeddedPostgres postgres, Database database)
      implements AutoCloseable {
    static Opened open() {
      try {
        Path folder = Files.createTempDirectory(TARGET, "database");
        EmbeddedPostgres postgres = EmbeddedPostgres.start(folder);
        return new Opened(
            folder, postgres, Database.open(postgres.config(4, Duration.ofSeconds(5))));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() throws IOException {
      database.close();
      postgres.close();
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          boolean _ = Files.deleteIfExists(file); // the server may still be tidying up
        }
      }
    }
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    Opened opened =
        context
            .getRoot()
            .getStore(Namespace.create(TestDatabase.class))
            .computeIfAbsent(Opened.class, _ -> Opened.open(), Opened.class);
    database = opened.database();
    postgres = opened.postgres();
  }

  /// The database itself.
  public Database database() {
    return Objects.requireNonNull(database);
  }

  /// How others get into it.
  public DatabaseConfig config() {
    return Objects.requireNonNull(postgres).config(4, Duration.ofSeconds(5));
  }

  /// Another database beside it, without tables.
  public DatabaseConfig createEmpty() {
    DatabaseConfig beside = Objects.requireNonNull(postgres).config(2, Duration.ofSeconds(5));
    String name = "empty" + UUID.randomUUID().toString().replace("-", "");
    try (Connection connection =
            DriverManager.getConnection(beside.url(), beside.user(), beside.password());
        Statement statement = connection.createStatement()) {
      boolean _ = statement.execute("CREATE DATABASE " + name);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    String url = beside.url().substring(0, beside.url().lastIndexOf('/') + 1) + name;
    return new DatabaseConfig(
        url, beside.user(), beside.password(), beside.connections(), beside.patience());
  }

  public <T> T inTransaction(Function<Handle, T> work) {
    return database().inTransaction(work);
  }

  public void useTransaction(Consumer<Handle> work) {
    database().useTransaction(work);
  }
}
