package nova.control.audit;

import java.time.Instant;
import java.util.Map;

/// One thing that somebody did.
///
/// *Immutable.*
///
/// @param number counts the entries
/// @param action in kebab-case, such as `stream-key-revoked`
/// @param details strings, numbers, booleans, lists and maps of them; no secrets
public record AuditEntry(
    long number,
    Instant at,
    Actor actor,
    String action,
    Subject subject,
    Map<String, Object> details) {
  public AuditEntry {
    details = Map.copyOf(details);
  }

  /// What it was done to.
  ///
  /// @param kind in kebab-case, such as `stream-key`
  public record Subject(String kind, String id) {}
}
