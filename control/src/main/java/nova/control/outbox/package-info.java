/// What happened to streams, kept in the transaction in which it did, for whoever is told later.
///
/// Start reading at [Outbox].
@NullMarked
package nova.control.outbox;

import org.jspecify.annotations.NullMarked;
