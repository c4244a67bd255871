package nova.control.metric;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import nova.control.database.Database;
import nova.control.database.EmbeddedPostgres;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A database that goes away and comes back.
class MetricsMaintenanceIT {
  @TempDir private Path data;

  @Test
  void maintenance_goesOn_whenTheDatabaseIsBack() throws Exception {
    EmbeddedPostgres postgres = EmbeddedPostgres.start(data);
    StreamMetricsPartitions partitions = new StreamMetricsPartitions();
    Semaphore asked = new Semaphore(0);
    InstantSource clock =
        () -> {
          asked.release();
          return Instant.parse("2026-11-22T12:00:00Z");
        };
    try (Database database = Database.open(postgres.config(2, Duration.ofMillis(300)))) {
      postgres.close();
      try (MetricsMaintenance _ =
          MetricsMaintenance.start(
              database,
              partitions,
              MetricsConfig.defaults(),
              clock,
              Thread.ofVirtual().factory(),
              Duration.ofMillis(1),
              Duration.ofMillis(1))) {
        try (EmbeddedPostgres _ = EmbeddedPostgres.start(data)) {
          // Both connections of before may fail once more.
          assertThat(asked.tryAcquire(6, 30, TimeUnit.SECONDS)).isTrue();
          assertThat(database.inTransaction(partitions::days)).hasSize(4);
        }
      }
    }
  }
}
