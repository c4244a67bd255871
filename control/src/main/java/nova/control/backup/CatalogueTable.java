package nova.control.backup;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/// A table of the database as PostgreSQL's catalogue has it. A partitioned one is one table.
///
/// *Immutable.*
///
/// @param columns but for those that are computed from others
/// @param identity the column that counts the rows
record CatalogueTable(String name, List<String> columns, Optional<String> identity) {
  /// Flyway's, which is no part of what is kept.
  private static final String HISTORY = "flyway_schema_history";

  CatalogueTable {
    columns = List.copyOf(columns);
  }

  /// All tables; each after those that it refers to.
  static List<CatalogueTable> all(Handle handle) {
    Map<String, CatalogueTable> tables = new TreeMap<>();
    for (String name : names(handle)) {
      CatalogueTable _ = tables.put(name, read(handle, name));
    }
    Map<String, Set<String>> references = references(handle);
    Set<String> ordered = new LinkedHashSet<>();
    while (ordered.size() < tables.size()) {
      List<String> next =
          tables.keySet().stream()
              .filter(name -> !ordered.contains(name))
              .filter(name -> ordered.containsAll(references.getOrDefault(name, Set.of())))
              .toList();
      if (next.isEmpty()) {
        throw new IllegalStateException("tables refer to each other in a circle: " + references);
      }
      ordered.addAll(next);
    }
    return ordered.stream().map(tables::get).toList();
  }

  private static List<String> names(Handle handle) {
    return handle
        .createQuery(
            """
            SELECT relname FROM pg_class
             WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')
               AND NOT relispartition AND relname <> :history
            """)
        .bind("history", HISTORY)
        .mapTo(String.class)
        .list();
  }

  private static CatalogueTable read(Handle handle, String name) {
    List<String> columns = new ArrayList<>();
    List<String> identity = new ArrayList<>();
    handle
        .createQuery(
            """
            SELECT attname, attidentity <> '' AS counts
              FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
             WHERE relnamespace = current_schema()::regnamespace AND relname = :name
               AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
             ORDER BY attnum
            """)
        .bind("name", name)
        .map(
            (row, _) -> {
              columns.add(row.getString("attname"));
              if (row.getBoolean("counts")) {
                identity.add(row.getString("attname"));
              }
              return name;
            })
        .list()
        .clear();
    return new CatalogueTable(name, columns, identity.stream().findFirst());
  }

  /// The tables that each table refers to.
  private static Map<String, Set<String>> references(Handle handle) {
    Map<String, Set<String>> references = new TreeMap<>();
    handle
        .createQuery(
            """
            SELECT referring.relname AS referring, referred.relname AS referred
              FROM pg_constraint
              JOIN pg_class AS referring ON referring.oid = conrelid
              JOIN pg_class AS referred ON referred.oid = confrelid
             WHERE contype = 'f' AND conrelid <> confrelid AND conparentid = 0
               AND referring.relnamespace = current_schema()::regnamespace
            """)
        .map((row, _) -> Map.entry(row.getString("referring"), row.getString("referred")))
        .forEach(
            pair ->
                references
                    .computeIfAbsent(pair.getKey(), _ -> new TreeSet<>())
                    .add(pair.getValue()));
    return references;
  }

  /// As it stands in a statement.
  String sqlName() {
    return quoted(name);
  }

  /// Columns as they stand in a statement.
  static String sqlColumns(List<String> columns) {
    return columns.stream().map(CatalogueTable::quoted).collect(Collectors.joining(", "));
  }

  static String quoted(String identifier) {
    return '"' + identifier.replace("\"", "\"\"") + '"';
  }
}
