package nova.control.backup;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A [BackupManifest] as JSON. Whatever is not one is refused.
final class ManifestJson {
  /// No schema has more tables.
  static final int MAX_TABLES = 200;

  private static final int MAX_COLUMNS = 1_600; // PostgreSQL's
  private static final int MAX_DAYS = 1_000;
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  // What becomes the name of a file, and a part of no statement.
  private static final Pattern NAME = Pattern.compile("[a-z_][a-z0-9_]{0,62}");
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  private ManifestJson() {}

  static String write(BackupManifest manifest) {
    ObjectNode json = MAPPER.createObjectNode();
    ObjectNode _ =
        json.put("format", BackupManifest.FORMAT)
            .put("schemaVersion", manifest.schemaVersion())
            .put("createdAt", manifest.createdAt().toString());
    ArrayNode days = json.putArray("metricDays");
    manifest.metricDays().forEach(day -> days.add(day.toString()));
    ArrayNode tables = json.putArray("tables");
    for (TableContents table : manifest.tables()) {
      ObjectNode one = tables.addObject().put("name", table.name());
      ArrayNode columns = one.putArray("columns");
      table.columns().forEach(columns::add);
      ObjectNode _ =
          one.put("rows", table.rows())
              .put("bytes", table.bytes())
              .put("sha256", table.sha256())
              .put("lastNumber", table.lastNumber());
    }
    return json.toPrettyString();
  }

  /// @throws BackupException when it is no manifest, or one of a later format
  static BackupManifest read(String text) {
    try {
      JsonNode json = MAPPER.readTree(text);
      long format = number(json, "format");
      if (format != BackupManifest.FORMAT) {
        throw new BackupException(
            "it has the format %d (expected: %d; a later release of Nova may have written it)"
                .formatted(format, BackupManifest.FORMAT));
      }
      BackupManifest manifest =
          new BackupManifest(
              Math.toIntExact(number(json, "schemaVersion")),
              Instant.parse(text(json, "createdAt")),
              items(json, "metricDays", MAX_DAYS)
                  .map(JsonNode::asText)
                  .map(LocalDate::parse)
                  .toList(),
              tables(json));
      long names = manifest.tables().stream().map(TableContents::name).distinct().count();
      require(names == manifest.tables().size(), "a table twice");
      return manifest;
    } catch (JsonProcessingException | DateTimeException | ArithmeticException e) {
      throw new BackupException("its manifest.json is damaged", e);
    }
  }

  private static List<TableContents> tables(JsonNode json) {
    List<TableContents> tables = new ArrayList<>();
    items(json, "tables", MAX_TABLES).forEach(table -> tables.add(table(table)));
    return tables;
  }

  private static TableContents table(JsonNode json) {
    List<String> columns =
        items(json, "columns", MAX_COLUMNS).map(column -> name(column.asText())).toList();
    String sha256 = text(json, "sha256");
    require(SHA256.matcher(sha256).matches(), "a checksum that is none");
    require(!columns.isEmpty(), "a table without columns");
    return new TableContents(
        name(text(json, "name")),
        columns,
        number(json, "rows"),
        number(json, "bytes"),
        sha256,
        number(json, "lastNumber"));
  }

  private static Stream<JsonNode> items(JsonNode json, String field, int most) {
    JsonNode array = json.path(field);
    require(array.isArray() && array.size() <= most, field);
    return array.valueStream();
  }

  private static String name(String text) {
    require(NAME.matcher(text).matches(), "a name that is none");
    return text;
  }

  private static String text(JsonNode json, String field) {
    JsonNode value = json.path(field);
    require(value.isTextual(), field);
    return value.textValue();
  }

  private static long number(JsonNode json, String field) {
    JsonNode value = json.path(field);
    require(value.canConvertToLong() && value.isIntegralNumber() && value.longValue() >= 0, field);
    return value.longValue();
  }

  private static void require(boolean holds, String what) {
    if (!holds) {
      throw new BackupException("its manifest.json is damaged: " + what);
    }
  }
}
