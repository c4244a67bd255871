package nova.control.backup;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import nova.control.database.Database;
import nova.control.database.DatabaseAwayException;
import nova.control.database.SqlTimes;
import nova.control.metric.StreamMetricsPartitions;
import org.jdbi.v3.core.Handle;

/// Writes one backup.
///
/// *Confined to its caller's thread.*
final class BackupWriter {
  private final ZipOutputStream zip;
  private final BackupProgress progress;

  BackupWriter(OutputStream out, BackupProgress progress) {
    this.zip = new ZipOutputStream(out, StandardCharsets.UTF_8);
    this.progress = progress;
  }

  BackupManifest write(Database database) throws IOException {
    int version = database.schemaVersion();
    if (version == 0) {
      throw new BackupException("the database is empty: there is nothing to back up");
    }
    try {
      return database.inSnapshot(
          handle -> {
            try {
              return write(handle, version);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private BackupManifest write(Handle handle, int version) throws IOException {
    List<TableContents> contents = new ArrayList<>();
    List<CatalogueTable> tables = CatalogueTable.all(handle);
    for (CatalogueTable table : tables) {
      TableContents written = write(handle, table);
      contents.add(written);
      progress.table(table.name(), written.rows());
    }
    boolean metrics = tables.stream().anyMatch(table -> table.name().equals("stream_metrics"));
    BackupManifest manifest =
        new BackupManifest(
            version,
            now(handle),
            metrics ? new StreamMetricsPartitions().days(handle) : List.of(),
            contents);
    zip.putNextEntry(new ZipEntry(BackupManifest.ENTRY));
    zip.write(ManifestJson.write(manifest).getBytes(StandardCharsets.UTF_8));
    zip.closeEntry();
    zip.finish();
    return manifest;
  }

  private TableContents write(Handle handle, CatalogueTable table) throws IOException {
    zip.putNextEntry(new ZipEntry(TableContents.entry(table.name())));
    BackupFile.Measured measured = new BackupFile.Measured(zip);
    long rows;
    try {
      rows =
          Backup.copy(handle)
              .copyOut(
                  "COPY (SELECT %s FROM %s) TO STDOUT WITH %s"
                      .formatted(
                          CatalogueTable.sqlColumns(table.columns()), table.sqlName(), Backup.CSV),
                  measured);
    } catch (SQLException e) {
      throw new DatabaseAwayException(
          "the table %s cannot be read: %s".formatted(table.name(), e.getMessage()), e);
    }
    zip.closeEntry();
    return new TableContents(
        table.name(),
        table.columns(),
        rows,
        measured.bytes(),
        measured.sum(),
        lastNumber(handle, table));
  }

  private static long lastNumber(Handle handle, CatalogueTable table) {
    return table
        .identity()
        .map(
            column ->
                handle
                    .createQuery(
                        """
                        SELECT coalesce(pg_sequence_last_value(
                          pg_get_serial_sequence(:table, :column)::regclass), 0)
                        """)
                    .bind("table", table.sqlName())
                    .bind("column", column)
                    .mapTo(Long.class)
                    .one())
        .orElse(0L);
  }

  private static Instant now(Handle handle) {
    return handle
        .createQuery("SELECT now() AS now")
        .map((row, _) -> SqlTimes.instant(row, "now").orElseThrow())
        .one();
  }
}
