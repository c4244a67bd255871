package nova.control.backup;

import java.util.List;

/// What a backup holds of one table.
///
/// *Immutable.*
///
/// @param columns in the order of the file
/// @param bytes of its file, uncompressed
/// @param sha256 of its file, in hexadecimal
/// @param lastNumber that its identity column has given; 0 where it has none
public record TableContents(
    String name, List<String> columns, long rows, long bytes, String sha256, long lastNumber) {
  public TableContents {
    columns = List.copyOf(columns);
  }

  /// The name of its file.
  String entry() {
    return entry(name);
  }

  static String entry(String table) {
    return "tables/" + table + ".csv";
  }
}
