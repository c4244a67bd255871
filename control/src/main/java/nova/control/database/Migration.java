package nova.control.database;

/// What became of a schema that was brought up to date.
///
/// *Immutable.*
///
/// @param before version that it had; 0 when there was none
/// @param after version that it has
public record Migration(int before, int after) {
  /// Brings the schema of a database up to date. Whoever else does so at the same time takes turns.
  ///
  /// @throws DatabaseStartException when that cannot be done
  /// @throws DatabaseAwayException when the database does not answer
  public static Migration run(Database database) {
    int before = database.schemaVersion();
    database.migrate();
    return new Migration(before, database.schemaVersion());
  }
}
