package nova.control.outbox;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import nova.control.database.SqlJson;
import nova.control.database.SqlTimes;
import nova.core.StreamId;
import org.jdbi.v3.core.Handle;

/// The table of events of streams, within a transaction of its caller. An event is there if and
/// only if what it tells of is.
///
/// Spec: CloudEvents 1.0 §3 (attributes). *Thread-safe.*
public final class Outbox {
  /// Adds an event; events of one stream are in the order of the transactions that added them.
  ///
  /// @param type name of the event, such as `StreamStarted`
  /// @param data strings, numbers, booleans, lists and maps of them
  public void append(
      Handle handle, String type, StreamId stream, Instant at, Map<String, Object> data) {
    int _ =
        handle
            .createUpdate(
                """
                INSERT INTO outbox (id, type, subject, time, data)
                VALUES (:id, :type, :stream, :at, CAST(:data AS jsonb))
                """)
            .bind("id", UUID.randomUUID())
            .bind("type", type)
            .bind("stream", stream.value())
            .bind("at", SqlTimes.atUtc(at))
            .bind("data", SqlJson.text(data))
            .execute();
  }

  /// Removes events older than that.
  ///
  /// @return how many there were
  public int removeBefore(Handle handle, Instant at) {
    return handle
        .createUpdate("DELETE FROM outbox WHERE time < :at")
        .bind("at", SqlTimes.atUtc(at))
        .execute();
  }
}
