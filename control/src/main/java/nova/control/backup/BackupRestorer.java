package nova.control.backup;

import java.io.IOException;
import java.io.InputStream;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import nova.control.database.ConflictException;
import nova.control.database.Database;
import nova.control.metric.StreamMetricsPartitions;
import nova.control.stream.StreamRepository;
import org.jdbi.v3.core.Handle;

/// Restores one backup.
///
/// *Confined to its caller's thread.*
final class BackupRestorer {
  private static final int PARTITIONS_AT_ONCE = 30; // each takes some of PostgreSQL's locks
  private static final String NOT_ON_AIR = "The database was restored from a backup.";
  private static final List<String> MUST_BE_EMPTY = List.of("channels", "streams");

  private final Database database;
  private final BackupProgress progress;

  BackupRestorer(Database database, BackupProgress progress) {
    this.database = database;
    this.progress = progress;
  }

  void restore(BackupFile file) {
    BackupManifest manifest = file.manifest();
    requireRoom(manifest);
    database.migrateTo(manifest.schemaVersion());
    makePartitions(manifest.metricDays());
    try {
      database.useTransaction(handle -> restore(handle, file));
    } catch (ConflictException e) {
      throw new BackupException("'%s' contradicts itself: %s".formatted(file, e.getMessage()), e);
    }
    database.migrate();
  }

  private void requireRoom(BackupManifest manifest) {
    int others = database.othersConnected();
    if (others > 0) {
      throw new BackupException(
          "a server uses the database (%d connections); stop it first".formatted(others));
    }
    int newest = database.newestSchemaVersion();
    if (manifest.schemaVersion() < 1 || manifest.schemaVersion() > newest) {
      throw new BackupException(
          "the backup is of schema %d (expected: 1..%d; restore it with the release that wrote it,"
                  .formatted(manifest.schemaVersion(), newest)
              + " or a later one)");
    }
    int version = database.schemaVersion();
    database.useTransaction(BackupRestorer::requireEmpty);
    if (version > manifest.schemaVersion()) {
      throw new BackupException(
          "the database has schema %d (expected: at most %d, as the backup; restore into an empty"
                  .formatted(version, manifest.schemaVersion())
              + " database)");
    }
  }

  private static void requireEmpty(Handle handle) {
    for (CatalogueTable table : CatalogueTable.all(handle)) {
      if (MUST_BE_EMPTY.contains(table.name())) {
        long rows =
            handle.createQuery("SELECT count(*) FROM " + table.sqlName()).mapTo(Long.class).one();
        if (rows > 0) {
          throw new BackupException(
              "the database has %d %s already (expected: none); restore into an empty one"
                  .formatted(rows, table.name()));
        }
      }
    }
  }

  private void makePartitions(List<LocalDate> days) {
    StreamMetricsPartitions partitions = new StreamMetricsPartitions();
    for (int from = 0; from < days.size(); from += PARTITIONS_AT_ONCE) {
      List<Instant> some =
          days.subList(from, Math.min(days.size(), from + PARTITIONS_AT_ONCE)).stream()
              .map(day -> day.atStartOfDay(ZoneOffset.UTC).toInstant())
              .toList();
      database.useTransaction(handle -> partitions.ensureFor(handle, some));
    }
  }

  private void restore(Handle handle, BackupFile file) {
    List<CatalogueTable> tables = CatalogueTable.all(handle);
    Map<String, TableContents> contents =
        file.manifest().tables().stream()
            .collect(
                Collectors.toMap(TableContents::name, table -> table, (a, _) -> a, TreeMap::new));
    requireSame(tables, contents);
    String all = tables.stream().map(CatalogueTable::sqlName).collect(Collectors.joining(", "));
    int _ = handle.execute("LOCK TABLE " + all);
    requireEmpty(handle);
    int _ = handle.execute("TRUNCATE " + all);
    for (CatalogueTable table : tables) {
      TableContents content = Objects.requireNonNull(contents.get(table.name()));
      restore(handle, table, content, file);
      progress.table(table.name(), content.rows());
    }
    if (contents.containsKey("streams")) {
      new StreamRepository().endAllLive(handle, NOT_ON_AIR);
    }
  }

  private static void requireSame(
      List<CatalogueTable> tables, Map<String, TableContents> contents) {
    TreeSet<String> known =
        tables.stream().map(CatalogueTable::name).collect(Collectors.toCollection(TreeSet::new));
    if (!known.equals(contents.keySet())) {
      throw new BackupException(
          "the backup has the tables %s (expected: %s)".formatted(contents.keySet(), known));
    }
    for (CatalogueTable table : tables) {
      List<String> columns = Objects.requireNonNull(contents.get(table.name())).columns();
      if (columns.size() != table.columns().size() || !columns.containsAll(table.columns())) {
        throw new BackupException(
            "the backup's table %s has the columns %s (expected: %s)"
                .formatted(table.name(), columns, table.columns()));
      }
    }
  }

  private static void restore(
      Handle handle, CatalogueTable table, TableContents content, BackupFile file) {
    long rows;
    try (InputStream in = file.rows(content)) {
      rows =
          Backup.copy(handle)
              .copyIn(
                  "COPY %s (%s) FROM STDIN WITH %s"
                      .formatted(
                          table.sqlName(),
                          CatalogueTable.sqlColumns(content.columns()),
                          Backup.CSV),
                  in);
    } catch (SQLException | IOException e) {
      throw new BackupException(
          "the rows of table %s cannot be restored: %s".formatted(table.name(), firstLine(e)), e);
    }
    if (rows != content.rows()) {
      throw new BackupException(
          "the backup's table %s has %d rows (expected: %d)"
              .formatted(table.name(), rows, content.rows()));
    }
    table.identity().ifPresent(column -> goOnCounting(handle, table, column, content));
  }

  /// Numbers that were given to rows which are gone are not given again.
  private static void goOnCounting(
      Handle handle, CatalogueTable table, String column, TableContents content) {
    long last =
        handle
            .createQuery(
                "SELECT greatest(:last, max(%s)) FROM %s"
                    .formatted(CatalogueTable.quoted(column), table.sqlName()))
            .bind("last", content.lastNumber())
            .mapTo(Long.class)
            .one();
    if (last > 0) {
      long _ =
          handle
              .createQuery("SELECT setval(pg_get_serial_sequence(:table, :column), :last)")
              .bind("table", table.sqlName())
              .bind("column", column)
              .bind("last", last)
              .mapTo(Long.class)
              .one();
    }
  }

  private static String firstLine(Exception e) {
    return Objects.requireNonNullElse(e.getMessage(), "").lines().findFirst().orElse("");
  }
}
