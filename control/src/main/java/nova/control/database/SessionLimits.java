package nova.control.database;

import com.zaxxer.hikari.HikariConfig;
import java.time.Duration;

/// How long a server waits for its database, which may hang instead of refusing.
///
/// *Immutable.*
///
/// @param answer whole seconds until a query that gets no answer fails, and its connection is given
///   up
record SessionLimits(Duration answer) {
  static final SessionLimits OF_SERVERS = new SessionLimits(Duration.ofSeconds(30));

  void applyTo(HikariConfig pool) {
    pool.addDataSourceProperty("socketTimeout", Long.toString(answer.toSeconds()));
  }
}
