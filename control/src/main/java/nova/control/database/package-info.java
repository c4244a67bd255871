/// The database: an embedded PostgreSQL or somebody's own, its schema, and what its errors mean.
///
/// Start reading at [Database].
@NullMarked
package nova.control.database;

import org.jspecify.annotations.NullMarked;
