package nova.control.stream;

import java.util.concurrent.CompletionStage;
import nova.core.StreamId;
import nova.core.StreamKeyId;

/// Port: the broadcasts that are on air at this server.
///
/// *Thread-safe.*
public interface LiveBroadcasts {
  /// Ends a broadcast and tells its encoder why. Returns at once; what happens comes as events.
  ///
  /// @return whether there is such a broadcast
  CompletionStage<Boolean> stop(StreamId stream, String reason);

  /// Whether there are other servers, which can be asked with [#stopElsewhere].
  default boolean hasOthers() {
    return false;
  }

  /// Asks other servers to end a broadcast, if one of them has it, and to tell its encoder why.
  /// Returns at once; what happens comes as events, and to the database.
  default void stopElsewhere(StreamId stream, String reason) {}

  /// Ends what is published with a key, and tells its encoder why; also who only waits to take over
  /// with it. Returns at once; what happens comes as events.
  void dropKey(StreamKeyId key, String reason);
}
