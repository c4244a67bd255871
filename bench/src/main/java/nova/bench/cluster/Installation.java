package nova.bench.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import nova.bench.process.Folders;
import nova.cluster.LocalCluster;
import nova.control.database.DatabaseConfig;
import nova.control.database.EmbeddedPostgres;

/// A cluster on this machine with all that it needs, run by `./nova` as users run it.
///
/// *Confined to its owner's thread.*
public final class Installation implements AutoCloseable {
  private static final int CONNECTIONS =
      2; // and one more of each service; PostgreSQL has 40 for all

  private final EmbeddedPostgres postgres;
  private final LocalCluster services;

  private Installation(EmbeddedPostgres postgres, LocalCluster services) {
    this.postgres = postgres;
    this.services = services;
  }

  /// Starts everything and waits until all accept.
  ///
  /// @param folder for logs and data; what an earlier one left there is deleted
  /// @param settings of all services, by the names of their environment variables
  public static Installation start(
      Path folder, LocalCluster.Plan plan, Map<String, String> settings)
      throws IOException, InterruptedException {
    Path nova = Path.of("nova").toAbsolutePath();
    if (!Files.isExecutable(nova)) {
      throw new IOException(nova + " is not there; run this in Nova's source tree");
    }
    Path _ = Folders.emptied(folder);
    EmbeddedPostgres postgres = EmbeddedPostgres.start(folder.resolve("database"));
    try {
      DatabaseConfig database = postgres.config(CONNECTIONS, Duration.ofSeconds(3));
      Map<String, String> all = new HashMap<>();
      all.put("NOVA_DATABASE_URL", database.url());
      all.put("NOVA_DATABASE_USER", database.user());
      all.put("NOVA_DATABASE_PASSWORD", database.password());
      all.put("NOVA_DATABASE_CONNECTIONS", Integer.toString(CONNECTIONS));
      all.put("NOVA_MEDIA_FOLDER", folder.resolve("media").toString());
      all.putAll(settings);
      return new Installation(
          postgres, LocalCluster.start(folder, List.of(nova.toString()), plan, all));
    } catch (IOException | InterruptedException | RuntimeException e) {
      postgres.close();
      throw e;
    }
  }

  public LocalCluster services() {
    return services;
  }

  @Override
  public void close() {
    services.close();
    postgres.close();
  }
}
