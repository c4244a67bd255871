package nova.control.database;

import com.zaxxer.hikari.HikariConfig;
import java.time.Duration;

/// How long a server waits for its database, which may hang instead of refusing.
///
/// *Immutable.*
///
/// @param answer whole seconds until a query that gets no answer fails, and its connection is given
///   up
/// @param lock how long a query waits for what another transaction has locked
/// @param idle how long a transaction may rest before PostgreSQL ends it: that of a server which is
///   cut off from the database shall not keep its locks
record SessionLimits(Duration answer, Duration lock, Duration idle) {
  static final SessionLimits OF_SERVERS =
      new SessionLimits(Duration.ofSeconds(30), Duration.ofSeconds(5), Duration.ofMinutes(1));

  void applyTo(HikariConfig pool) {
    pool.addDataSourceProperty("socketTimeout", Long.toString(answer.toSeconds()));
    pool.setConnectionInitSql(
        """
        SELECT set_config('lock_timeout', '%d', false),
               set_config('idle_in_transaction_session_timeout', '%d', false)
        """
            .formatted(lock.toMillis(), idle.toMillis()));
  }
}
