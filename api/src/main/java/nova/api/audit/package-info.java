/// Who did what, as the API tells it.
///
/// Entries of the audit log in, JSON out. Start reading at [AuditRoutes].
@NullMarked
package nova.api.audit;

import org.jspecify.annotations.NullMarked;
