package nova.control.database;

import com.zaxxer.hikari.SQLExceptionOverride;
import java.sql.SQLException;

/// Gives up a connection that may only read: its server is a standby now, or it will be as it was
/// set when it began. Another one may be better.
///
/// *Immutable.*
final class ReadOnlyEviction implements SQLExceptionOverride {
  @java.lang.Override // the other one is inherited
  public SQLExceptionOverride.Override adjudicate(SQLException thrown) {
    return SqlErrors.isReadOnly(thrown)
        ? SQLExceptionOverride.Override.MUST_EVICT
        : SQLExceptionOverride.Override.CONTINUE_EVICT;
  }
}
