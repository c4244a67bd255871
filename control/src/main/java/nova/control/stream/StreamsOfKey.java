package nova.control.stream;

import java.util.List;
import nova.control.database.Database;
import nova.control.streamkey.LiveKeys;
import nova.core.StreamId;
import nova.core.StreamKeyId;

/// What is on air with a key, by the table of streams.
///
/// *Thread-safe.*
public final class StreamsOfKey implements LiveKeys {
  private final Database database;
  private final StreamRepository streams;
  private final LiveBroadcasts live;

  public StreamsOfKey(Database database, StreamRepository streams, LiveBroadcasts live) {
    this.database = database;
    this.streams = streams;
    this.live = live;
  }

  @Override
  public void drop(StreamKeyId key, String reason) {
    List<StreamId> dropped = database.inTransaction(handle -> streams.liveWith(handle, key));
    dropped.forEach(
        stream -> {
          var _ = live.stop(stream, reason);
        });
  }
}
