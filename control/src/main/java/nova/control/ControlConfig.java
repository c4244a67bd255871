package nova.control;

import java.nio.file.Path;
import nova.control.database.DatabaseConfig;
import nova.control.metric.MetricsConfig;

/// What the control plane is told.
///
/// *Immutable.*
///
/// @param data folder of this server, for its name and for a database of our own; not used when
///   `shared`
/// @param shared whether other servers carry on the streams of one that is gone. This one then
///   leaves them what it had, ends streams that nobody went on with, and does not change the
///   schema, which must be up to date
public record ControlConfig(
    Path data, DatabaseConfig database, MetricsConfig metrics, boolean shared) {
  public ControlConfig {
    if (shared && database.isEmbedded()) {
      throw new IllegalArgumentException(
          "database.url is empty (expected: the address of a PostgreSQL that all servers use)");
    }
  }

  /// That of a server alone.
  public ControlConfig(Path data, DatabaseConfig database, MetricsConfig metrics) {
    this(data, database, metrics, false);
  }
}
