package nova.app.process;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import nova.app.local.LocalServer;
import nova.cluster.LocalCluster;
import nova.cluster.ServiceProcess;

/// Clusters of what was built, on the PostgreSQL of the tests.
public final class TestServices {
  private TestServices() {}

  /// Starts one and waits until all accept.
  ///
  /// @param folder for logs, data and the name of the database
  /// @param settings further ones, by the names of their environment variables
  public static LocalCluster start(
      Path folder, LocalCluster.Plan plan, Map<String, String> settings)
      throws IOException, InterruptedException {
    Map<String, String> all = new HashMap<>(TestPostgres.environment(folder));
    all.put("NOVA_DATABASE_CONNECTIONS", "2"); // of each service
    all.putAll(SMALL_MEMORY);
    all.put("NOVA_MEDIA_FOLDER", folder.resolve("media").toString());
    all.putAll(settings);
    return LocalCluster.start(folder, NovaProcess.command(NovaProcess.WORKER), plan, all);
  }

  /// Settings with which each service does with the memory of [NovaProcess].
  public static final Map<String, String> SMALL_MEMORY =
      Map.of("NOVA_SEGMENTS_MEMORY", "96MiB", "NOVA_SEGMENTS_MEMORY_PER_STREAM", "48MiB");

  /// The token of whoever can read the data folder of a service.
  public static String tokenOf(ServiceProcess service) {
    return LocalServer.find(service.data()).orElseThrow().token();
  }
}
