/// Who did what: every change leaves a row in the same transaction.
///
/// Start reading at [AuditLog].
@NullMarked
package nova.control.audit;

import org.jspecify.annotations.NullMarked;
