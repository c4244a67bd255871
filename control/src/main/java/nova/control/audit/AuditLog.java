package nova.control.audit;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import nova.control.database.Database;
import nova.control.database.SqlJson;
import nova.control.database.SqlTimes;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;

/// The table of who did what.
///
/// *Thread-safe.*
public final class AuditLog {
  private final Database database;

  public AuditLog(Database database) {
    this.database = database;
  }

  /// Adds an entry within the transaction that does what it tells.
  ///
  /// @param details strings, numbers, booleans, lists and maps of them; no secrets
  public void append(
      Handle handle,
      Instant at,
      Actor actor,
      String action,
      AuditEntry.Subject subject,
      Map<String, Object> details) {
    int _ =
        handle
            .createUpdate(
                """
                INSERT INTO audit (at, actor_kind, actor_id, actor_label, actor_address, action,
                                   subject_kind, subject_id, details)
                VALUES (:at, :kind, :actor, :label, :address, :action, :subjectKind, :subject,
                        CAST(:details AS jsonb))
                """)
            .bind("at", SqlTimes.atUtc(at))
            .bind("kind", actor.kind().label())
            .bind("actor", actor.id())
            .bind("label", actor.label())
            .bind("address", actor.address())
            .bind("action", action)
            .bind("subjectKind", subject.kind())
            .bind("subject", subject.id())
            .bind("details", SqlJson.text(details))
            .execute();
  }

  /// The latest first.
  ///
  /// @param before number of the last entry of the page before
  public List<AuditEntry> list(AuditFilter filter, OptionalLong before, int limit) {
    return database.inTransaction(
        handle ->
            handle
                .createQuery(
                    """
                    SELECT id, at, actor_kind, actor_id, actor_label, actor_address, action,
                           subject_kind, subject_id, details
                      FROM audit
                     WHERE id < :before
                       AND (CAST(:actor AS text) IS NULL OR actor_id = :actor)
                       AND (CAST(:action AS text) IS NULL OR action = :action)
                       AND (CAST(:subjectKind AS text) IS NULL OR subject_kind = :subjectKind)
                       AND (CAST(:subject AS text) IS NULL OR subject_id = :subject)
                       AND (CAST(:since AS timestamptz) IS NULL OR at >= :since)
                       AND (CAST(:until AS timestamptz) IS NULL OR at < :until)
                     ORDER BY id DESC LIMIT :limit
                    """)
                .bind("before", before.orElse(Long.MAX_VALUE))
                .bind("actor", filter.actor().orElse(null))
                .bind("action", filter.action().orElse(null))
                .bind("subjectKind", filter.subjectKind().orElse(null))
                .bind("subject", filter.subjectId().orElse(null))
                .bind("since", SqlTimes.atUtc(filter.since()))
                .bind("until", SqlTimes.atUtc(filter.until()))
                .bind("limit", limit)
                .map(AuditLog::entry)
                .list());
  }

  private static AuditEntry entry(ResultSet row, StatementContext context) throws SQLException {
    return new AuditEntry(
        row.getLong("id"),
        SqlTimes.instant(row, "at").orElseThrow(),
        new Actor(
            Actor.Kind.of(row.getString("actor_kind")),
            row.getString("actor_id"),
            row.getString("actor_label"),
            row.getString("actor_address")),
        row.getString("action"),
        new AuditEntry.Subject(row.getString("subject_kind"), row.getString("subject_id")),
        SqlJson.object(row.getString("details")));
  }
}
