package nova.control.outbox;

import java.nio.charset.StandardCharsets;
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
  /// Adds an event, once however often it is added: whoever does not know whether it was written
  /// may do it again. Events of one stream are in the order of the transactions that added them.
  ///
  /// @param type name of the event, such as `StreamStarted`
  /// @param data strings, numbers, booleans, lists and maps of them
  /// @return whether it was not there yet
  public boolean append(
      Handle handle, String type, StreamId stream, Instant at, Map<String, Object> data) {
    String json = SqlJson.text(data);
    return handle
            .createUpdate(
                """
                INSERT INTO outbox (id, type, subject, time, data)
                VALUES (:id, :type, :stream, :at, CAST(:data AS jsonb))
                ON CONFLICT (id) DO NOTHING
                """)
            .bind("id", idOf(type, stream, at, json))
            .bind("type", type)
            .bind("stream", stream.value())
            .bind("at", SqlTimes.atUtc(at))
            .bind("data", json)
            .execute()
        > 0;
  }

  /// Nothing happens twice to a stream in the same way at the same time.
  private static UUID idOf(String type, StreamId stream, Instant at, String json) {
    String name = "%s %s %s %s".formatted(stream, type, at, json);
    return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
  }

  /// Removes events older than that, also those that were never published: they are kept for a
  /// time, not for a reader, of which there may be none.
  ///
  /// @return how many there were
  public int removeBefore(Handle handle, Instant at) {
    return handle
        .createUpdate("DELETE FROM outbox WHERE time < :at")
        .bind("at", SqlTimes.atUtc(at))
        .execute();
  }
}
