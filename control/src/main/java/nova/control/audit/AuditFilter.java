package nova.control.audit;

import java.time.Instant;
import java.util.Optional;

/// Which entries of the audit log are asked for: those that fit everything given.
///
/// *Immutable.*
///
/// @param actor id of a token
/// @param since included
/// @param until not included
public record AuditFilter(
    Optional<String> actor,
    Optional<String> action,
    Optional<String> subjectKind,
    Optional<String> subjectId,
    Optional<Instant> since,
    Optional<Instant> until) {
  /// All of them.
  public static final AuditFilter ALL =
      new AuditFilter(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());
}
