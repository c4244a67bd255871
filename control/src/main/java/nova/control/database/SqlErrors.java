package nova.control.database;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/// What the errors of PostgreSQL mean here.
///
/// Spec: PostgreSQL 18, Appendix A (error codes).
final class SqlErrors {
  private static final String CONNECTION = "08";
  private static final String AUTHORIZATION = "28";
  private static final String NO_RIGHT = "42501"; // of the user, to a table or the database
  private static final String INSUFFICIENT_RESOURCES = "53";
  private static final String OPERATOR_INTERVENTION = "57"; // shutting down, cancelled
  private static final String SYSTEM_ERROR = "58"; // of the disk, for one
  private static final String LOCKED = "55P03"; // lock_timeout
  private static final String READ_ONLY = "25006"; // a standby, before or after it changed places
  private static final String IDLE_IN_TRANSACTION = "25P03";
  private static final String TRANSACTION_TOO_LONG = "25P04";
  private static final String TRANSACTION_ROLLBACK = "40"; // deadlock: the other one went on
  private static final String INTEGRITY = "23";

  private SqlErrors() {}

  /// The exception to throw for one that a query threw.
  static RuntimeException translated(RuntimeException thrown) {
    SQLException sql = sqlException(thrown);
    if (sql == null) {
      return thrown;
    }
    String state = sql.getSQLState() == null ? "" : sql.getSQLState();
    if (sql instanceof SQLTransientConnectionException
        || state.startsWith(CONNECTION)
        || state.startsWith(INSUFFICIENT_RESOURCES)
        || state.startsWith(OPERATOR_INTERVENTION)
        || state.startsWith(SYSTEM_ERROR)
        || state.startsWith(TRANSACTION_ROLLBACK)
        || state.equals(LOCKED)
        || state.equals(READ_ONLY)
        || state.equals(IDLE_IN_TRANSACTION)
        || state.equals(TRANSACTION_TOO_LONG)) {
      return new DatabaseAwayException("the database does not answer: " + sql.getMessage(), thrown);
    }
    if (state.equals(NO_RIGHT)) {
      return new DatabaseStartException( // nothing that passes, so nobody is to try again quietly
          "the database refuses its user: %s (expected: as database.user the owner of Nova's tables)"
              .formatted(sql.getMessage()),
          thrown);
    }
    if (state.startsWith(INTEGRITY) && sql instanceof PSQLException answered) {
      ServerErrorMessage details = answered.getServerErrorMessage();
      String constraint = details == null ? null : details.getConstraint();
      return new ConflictException(constraint == null ? state : constraint, thrown);
    }
    return thrown;
  }

  /// Whether something was refused for the user, the password or what the user may do.
  static boolean isAboutUser(Throwable thrown) {
    SQLException sql = sqlException(thrown);
    String state = sql == null ? null : sql.getSQLState();
    return state != null && (state.startsWith(AUTHORIZATION) || state.equals(NO_RIGHT));
  }

  /// Whether a query failed because its connection may only read.
  static boolean isReadOnly(Throwable thrown) {
    SQLException sql = sqlException(thrown);
    return sql != null && READ_ONLY.equals(sql.getSQLState());
  }

  /// What [#isReadOnly] is about.
  static SQLException readOnly() {
    return new SQLException(
        "it can only be read: it is a standby, or default_transaction_read_only is on", READ_ONLY);
  }

  private static @Nullable SQLException sqlException(@Nullable Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql) {
        return sql;
      }
    }
    return null;
  }
}
