/// Backups: the whole database as one file, and back.
///
/// A [nova.control.database.Database] in, a zip file of a CSV file per table out. Start reading at
/// [Backup].
@NullMarked
package nova.control.backup;

import org.jspecify.annotations.NullMarked;
