package nova.control;

import java.nio.file.Path;
import nova.control.database.DatabaseConfig;
import nova.control.metric.MetricsConfig;
import nova.control.outbox.OutboxConfig;

/// What the control plane is told.
///
/// *Immutable.*
///
/// @param data folder of this server, for its name and for a database of our own
public record ControlConfig(
    Path data, DatabaseConfig database, MetricsConfig metrics, OutboxConfig events) {}
