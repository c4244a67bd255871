package nova.control.backup;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;

/// What a backup holds.
///
/// *Immutable.*
///
/// @param schemaVersion of the database that it was made of
/// @param createdAt the moment that it shows
/// @param metricDays days in UTC that have a table of metrics
public record BackupManifest(
    int schemaVersion, Instant createdAt, List<LocalDate> metricDays, List<TableContents> tables) {
  /// Of the file, and what it says of itself.
  static final int FORMAT = 1;

  /// The file that holds this.
  static final String ENTRY = "manifest.json";

  public BackupManifest {
    metricDays = List.copyOf(metricDays);
    tables = List.copyOf(tables);
  }

  /// Rows of all tables.
  public long rows() {
    return tables.stream().mapToLong(TableContents::rows).sum();
  }
}
