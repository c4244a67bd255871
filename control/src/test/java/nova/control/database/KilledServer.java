package nova.control.database;

import java.nio.file.Path;
import java.time.Duration;

/// Starts a PostgreSQL in the folder that its argument names, prints its address and dies.
final class KilledServer {
  private KilledServer() {}

  public static void main(String[] arguments) {
    EmbeddedPostgres postgres = EmbeddedPostgres.start(Path.of(arguments[0]));
    System.out.println(postgres.config(1, Duration.ofSeconds(1)).url());
    System.out.flush();
    Runtime.getRuntime().halt(137);
  }
}
