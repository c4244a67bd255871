package nova.control.backup;

import java.io.IOException;
import java.io.OutputStream;
import java.sql.SQLException;
import nova.control.database.Database;
import nova.control.database.DatabaseAwayException;
import org.jdbi.v3.core.Handle;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/// The whole database as one zip file, and back:
///
///     tables/channels.csv    one for each table, with a line of column names
///     …
///     manifest.json          of what schema it is, of which moment, rows and checksums
///
/// Rows go by in pieces, so that memory does not grow with them. Writing sees the database as of
/// one moment and stops nobody. Restoring is for a database that has no channels yet; the file is
/// read twice, to know that it is whole before anything is changed.
///
/// *Thread-safe.*
public final class Backup {
  /// How PostgreSQL writes and reads rows.
  static final String CSV = "(FORMAT csv, HEADER, ENCODING 'UTF8')";

  private Backup() {}

  /// Writes all that is in a database of any schema of Nova's. Does not close `out`.
  ///
  /// @throws BackupException when there is nothing to back up
  /// @throws DatabaseAwayException when the database does not answer
  public static BackupManifest write(Database database, OutputStream out, BackupProgress progress)
      throws IOException {
    return new BackupWriter(out, progress).write(database);
  }

  /// Puts what a file holds into a database without channels and streams, and brings its schema up
  /// to date. What else was in it is lost. What was on air has ended.
  ///
  /// @param database of the schema of the backup or an earlier one, or empty; nobody else uses it
  /// @throws BackupException with a sentence when that cannot be done; then nothing was restored
  /// @throws DatabaseAwayException when the database does not answer
  public static void restore(Database database, BackupFile file, BackupProgress progress) {
    new BackupRestorer(database, progress).restore(file);
  }

  static CopyManager copy(Handle handle) throws SQLException {
    return handle.getConnection().unwrap(PGConnection.class).getCopyAPI();
  }
}
