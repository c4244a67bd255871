package nova.control.stream;

import java.util.List;
import nova.control.database.Database;
import nova.control.database.DatabaseAwayException;
import nova.control.streamkey.LiveKeys;
import nova.core.StreamId;
import nova.core.StreamKeyId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What is on air with a key at servers that share a database: here, and by their rows elsewhere. A
/// broadcast whose row is not written yet ends when it is, and one that nobody could be asked to
/// end with its next measurement: then its server reads that the key was taken back.
///
/// *Thread-safe.*
public final class KeysOnAir implements LiveKeys {
  private static final Logger log = LoggerFactory.getLogger(KeysOnAir.class);

  private final Database database;
  private final StreamRepository streams;
  private final LiveBroadcasts live;

  public KeysOnAir(Database database, StreamRepository streams, LiveBroadcasts live) {
    this.database = database;
    this.streams = streams;
    this.live = live;
  }

  @Override
  public void drop(StreamKeyId key, String reason) {
    live.dropKey(key, reason);
    try {
      List<StreamId> opened = database.inTransaction(handle -> streams.liveWith(handle, key));
      for (StreamId stream : opened) {
        live.stopElsewhere(stream, reason);
      }
    } catch (DatabaseAwayException e) {
      log.atInfo().addKeyValue("key", key).log("broadcasts end when their servers read of the key");
    }
  }
}
